// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace numproof {

/// Prints where an invariant of ours broke and ends the process with status 70 (EX_SOFTWARE); the
/// service manager starts us again.
[[noreturn]] void abort_on_bug(const char* condition, const char* file, int line) noexcept;

}  // namespace numproof

/// For invariants of our own only, never for what comes from outside.
#define NP_CHECK(condition)                                           \
    do {                                                              \
        if (!(condition)) [[unlikely]] {                              \
            ::numproof::abort_on_bug(#condition, __FILE__, __LINE__); \
        }                                                             \
    } while (false)
