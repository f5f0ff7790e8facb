// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.h"

namespace numproof::bench {

/// Digits and one of `ms s m h`; without a unit they are seconds. At most a year.
[[nodiscard]] std::optional<Milliseconds> parse_duration(std::string_view text);

/// `duration` in its largest unit that leaves no rest: `90s`, `2m`.
[[nodiscard]] std::string duration_text(Milliseconds duration);

}  // namespace numproof::bench
