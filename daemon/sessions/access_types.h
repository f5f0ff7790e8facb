// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/domain/session_event.h"

namespace numproof::decoding {

/// 3GPP-RAT-Type of RADIUS (3GPP TS 29.061 section 16.4.7, values of TS 29.274 section 8.17 and
/// TS 29.561): what is not known to be a 3GPP access is none.
[[nodiscard]] Access access_of_radius_rat(std::int64_t value) noexcept;

/// RAT-Type of Diameter (3GPP TS 29.212 section 5.3.31), likewise.
[[nodiscard]] Access access_of_diameter_rat(std::int64_t value) noexcept;

/// IP-CAN-Type (3GPP TS 29.212 section 5.3.27), likewise.
[[nodiscard]] Access access_of_ip_can(std::int64_t value) noexcept;

/// The same as names: of dictionaries and of the specifications.
[[nodiscard]] Access access_of_rat(std::string_view name) noexcept;
[[nodiscard]] Access access_of_ip_can(std::string_view name) noexcept;

}  // namespace numproof::decoding
