// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace numproof {

/// RFC 3339 with any offset; a fraction is cut to milliseconds, a leap second counts as the second
/// after it. Years 1970 to 9999; anything else is `malformed`.
[[nodiscard]] Result<WallTime> parse_rfc3339(std::string_view text);

/// `Nov 22 2026 10:00:00 UTC`: how FreeRADIUS 3 prints dates. The zone is UTC, GMT or Z: other
/// names mean different things in different places. Years 1970 to 9999; anything else is
/// `malformed`.
[[nodiscard]] Result<WallTime> parse_utc_date(std::string_view text);

}  // namespace numproof
