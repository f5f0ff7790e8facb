// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace numproof::ctl {

/// JSON for people: one line a value, names of nested objects joined by dots, a blank line between
/// the rows of a list. Multi-line text stands as it is. What is no JSON is given back unchanged.
[[nodiscard]] std::string as_table(std::string_view json);

}  // namespace numproof::ctl
