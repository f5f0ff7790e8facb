// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/app/ctl/feed_table.h"

namespace numproof::ctl {

/// What the daemon says of itself, for people: whether it is ready, and why not, comes first.
[[nodiscard]] std::string status_table(std::string_view json, Colour colour);

/// The same in one line: ready or the troubles, standing, age of the watermark, what is not
/// shipped.
[[nodiscard]] std::string status_line(std::string_view json);

}  // namespace numproof::ctl
