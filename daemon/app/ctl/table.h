// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace numproof::ctl {

/// JSON for people: one line a value, names of nested objects joined by dots. Multi-line text
/// stands as it is. A list of objects is a table with a column for each name that one of them has,
/// `-` where one has it not. What is no JSON is given back unchanged.
[[nodiscard]] std::string as_table(std::string_view json);

}  // namespace numproof::ctl
