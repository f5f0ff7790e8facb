// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/msisdn.h"

namespace numproof {

/// How feeds write numbers, and which numbers are ours (`directory.numbering`).
struct Numbering {
    std::string country_code;     ///< Digits; empty: numbers are international already.
    std::string national_prefix;  ///< Such as `0`; cut off before the country code is put in front.
    std::vector<std::string> ranges;  ///< Beginnings with `+`, such as `+3460`; empty: any.
};

/// The number that a feed means by `text`: `malformed` if it is none, `invalid_value` if it is not
/// ours. `00` in front is read as `+`. With a country code, what has neither and does not begin
/// with that code is national; without a national prefix, one that does begin with it is national
/// where `ranges` allow nothing else.
[[nodiscard]] Result<Msisdn> read_number(const Numbering& numbering, std::string_view text);

}  // namespace numproof
