// SPDX-License-Identifier: Apache-2.0
#pragma once

/// NP_FAILPOINT("name") kills the process on the spot, as a power cut would, when the environment
/// says `NUMPROOF_FAILPOINT=name` or `NUMPROOF_FAILPOINT=name:count` (at the count-th time).
/// Only builds with -DNUMPROOF_FAILPOINTS=ON have it; elsewhere it is nothing at all.
#ifdef NUMPROOF_FAILPOINTS

namespace numproof {

/// What NP_FAILPOINT does. Thread-safe.
void hit_failpoint(const char* name) noexcept;

}  // namespace numproof

#define NP_FAILPOINT(name) ::numproof::hit_failpoint(name)
#else
#define NP_FAILPOINT(name) static_cast<void>(0)
#endif
