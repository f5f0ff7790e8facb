// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/numbering.h"

#include <algorithm>

namespace numproof {
namespace {

// `00` in front of a country code: what many networks dial and write for `+`.
constexpr std::string_view kInternationalPrefix = "00";

std::string international(const Numbering& numbering, std::string_view text) {
    if (text.starts_with(kInternationalPrefix) &&
        !numbering.national_prefix.starts_with(kInternationalPrefix)) {
        return "+" + std::string{text.substr(kInternationalPrefix.size())};
    }
    if (numbering.country_code.empty() || text.starts_with('+')) {
        return std::string{text};
    }
    const auto& prefix = numbering.national_prefix;
    if (!prefix.empty() && text.starts_with(prefix)) {
        return "+" + numbering.country_code + std::string{text.substr(prefix.size())};
    }
    if (text.starts_with(numbering.country_code)) {
        return "+" + std::string{text};
    }
    return "+" + numbering.country_code + std::string{text};
}

}  // namespace

Result<Msisdn> read_number(const Numbering& numbering, std::string_view text) {
    auto number = Msisdn::parse_plus_optional(international(numbering, text));
    if (!number) {
        return pass_on(number);
    }
    const bool ours = numbering.ranges.empty() ||
                      std::ranges::any_of(numbering.ranges, [&](const std::string& range) {
                          return number->reveal().starts_with(range);
                      });
    if (!ours) {
        return fail(ErrorCode::invalid_value, "msisdn_not_ours");
    }
    return number;
}

}  // namespace numproof
