// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace numproof::ctl {

/// Whether lines may be coloured.
enum class Colour : std::uint8_t { none, some };

/// The daemon's feed report (JSON) as a table, one row a partition, with a line on the rebuild
/// while one runs. `width`: of the bar of progress; 0: none. What is no report is given back as it
/// is.
[[nodiscard]] std::string feed_table(std::string_view json, Colour colour, std::size_t width);

/// The same in one line, for a log that is followed.
[[nodiscard]] std::string feed_line(std::string_view json);

}  // namespace numproof::ctl
