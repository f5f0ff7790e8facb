// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace numproof {

/// True if `value` is a `traceparent` of version 00 (W3C Trace Context, section 3.2.2):
/// `00-<32 hex>-<16 hex>-<2 hex>`, lower case. Anything else is ignored, as that section asks.
[[nodiscard]] bool is_good_trace_parent(std::string_view value) noexcept;

}  // namespace numproof
