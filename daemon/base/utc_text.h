// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/base/time.h"

namespace numproof {

/// RFC 3339 in UTC with milliseconds: `2026-11-22T10:00:00.120Z`.
[[nodiscard]] std::string to_rfc3339(WallTime time);

}  // namespace numproof
