// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/numbering.h"

#include <algorithm>
#include <optional>
#include <utility>

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

bool is_ours(const Numbering& numbering, std::string_view number) {
    return numbering.ranges.empty() ||
           std::ranges::any_of(numbering.ranges, [&](const std::string& range) {
               return number.starts_with(range);
           });
}

// Where no prefix tells national numbers from others, one that begins with the digits of the
// country code may be either. 3GPP TS 23.003 and TS 29.061 write international digits without `+`:
// it is national only where the operator's ranges leave no other reading.
std::optional<std::string> as_national(const Numbering& numbering, std::string_view text) {
    const auto& code = numbering.country_code;
    const bool either =
        !code.empty() && numbering.national_prefix.empty() && text.starts_with(code);
    auto national = "+" + code + std::string{text};
    return either && Msisdn::parse(national) ? std::optional{std::move(national)} : std::nullopt;
}

}  // namespace

Result<Msisdn> read_number(const Numbering& numbering, std::string_view text) {
    auto meant = international(numbering, text);
    auto national = as_national(numbering, text);
    if (national && !is_ours(numbering, meant) && is_ours(numbering, *national)) {
        meant = std::move(*national);
    }
    auto number = Msisdn::parse_plus_optional(meant);
    if (!number) {
        return pass_on(number);
    }
    if (!is_ours(numbering, number->reveal())) {
        return fail(ErrorCode::invalid_value, "msisdn_not_ours");
    }
    return number;
}

}  // namespace numproof
