// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/msisdn.h"

#include <algorithm>

namespace numproof {
namespace {

bool all_digits(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_e164_digits(std::string_view digits) noexcept {
    return digits.size() >= 5 && digits.size() <= 15 && digits.front() != '0' && all_digits(digits);
}

}  // namespace

Result<Msisdn> Msisdn::parse(std::string_view text) {
    if (!text.starts_with('+') || !is_e164_digits(text.substr(1))) {
        return fail(ErrorCode::malformed, "not an E.164 number");
    }
    return Msisdn{std::string{text}};
}

Result<Msisdn> Msisdn::parse_plus_optional(std::string_view text) {
    return text.starts_with('+') ? parse(text) : parse("+" + std::string{text});
}

Result<Imsi> Imsi::parse(std::string_view text) {
    if (text.size() < 6 || text.size() > 15 || !all_digits(text)) {
        return fail(ErrorCode::malformed, "not an IMSI");
    }
    return Imsi{std::string{text}};
}

}  // namespace numproof
