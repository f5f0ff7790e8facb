// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace numproof {

/// Memory of coroutine frames. A request needs a dozen, always of the same sizes, some larger than
/// what malloc keeps at hand: freed ones are kept here, per thread and size, up to a bound.
/// Thread-safe; a frame may be freed by another thread than made it.
[[nodiscard]] void* take_frame(std::size_t size);

/// `size`: what it was taken with.
void give_frame(void* frame, std::size_t size) noexcept;

}  // namespace numproof
