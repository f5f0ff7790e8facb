// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace numproof::ctl {

/// One line of a table; the cells must be printable() and hold no line breaks.
using Row = std::vector<std::string>;

/// `rows`, all as long as the first, under each other: two spaces between columns, each as wide as
/// its widest cell in code points of UTF-8. Columns from `left` on but the last are set to the
/// right, as numbers are.
[[nodiscard]] std::string columns(const std::vector<Row>& rows, std::size_t left);

}  // namespace numproof::ctl
