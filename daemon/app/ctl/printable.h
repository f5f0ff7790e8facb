// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace numproof::ctl {

/// Text that others wrote (whoever may write to the store or to a dead-letter topic), made harmless
/// for a terminal: each control character (C0, DEL, C1 in UTF-8) becomes `?`.
[[nodiscard]] std::string printable(std::string_view text);

/// The same, but line ends stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

}  // namespace numproof::ctl
