// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/base/time.h"

namespace numproof::http {

/// `time` as IMF-fixdate (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
[[nodiscard]] std::string to_http_date(WallTime time);

}  // namespace numproof::http
