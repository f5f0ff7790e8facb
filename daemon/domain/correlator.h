// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace numproof {

/// True if `value` may stand in `x-correlator`: at most 256 characters of
/// `A-Z a-z 0-9 - _ : ; . / < > { }` (CAMARA Commonalities 0.6). Empty text is good; whoever reads
/// the field treats it as absent.
[[nodiscard]] bool is_good_correlator(std::string_view value) noexcept;

}  // namespace numproof
