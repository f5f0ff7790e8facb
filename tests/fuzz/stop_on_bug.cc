// SPDX-License-Identifier: Apache-2.0
// Takes the place of daemon/base/check.cc in fuzz targets: libFuzzer keeps an input only if the
// target ends with a signal, and a plain exit is none.
#include <cstdio>
#include <cstdlib>

#include "daemon/base/check.h"

namespace numproof {

void abort_on_bug(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "bug: %s does not hold (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace numproof
