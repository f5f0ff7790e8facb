// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/check.h"

#include <cstdio>
#include <cstdlib>  // _Exit

namespace numproof {

void abort_on_bug(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "numproof: bug: %s does not hold (%s:%d)\n", condition, file, line);
    std::_Exit(70);  // EX_SOFTWARE: the service manager starts us again.
}

}  // namespace numproof
