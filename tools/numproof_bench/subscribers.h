// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "daemon/config/settings.h"
#include "daemon/domain/address.h"

namespace numproof::bench {

/// The made-up subscribers: all that is known of one follows from its place in the row, so that
/// who publishes sessions and who uses them need not talk to each other.

/// `+34700000000` and upwards; always 12 characters. `index` is below 100,000,000.
[[nodiscard]] std::string number_of(std::uint64_t index);

/// `214010000000000` and upwards.
[[nodiscard]] std::string imsi_of(std::uint64_t index);

/// The address in `range` (IPv4) that subscriber `index` has: its own one, not the range's first.
[[nodiscard]] IpAddress address_of(const IpPrefix& range, std::uint64_t index);

/// Fails with invalid_value unless `range` is IPv4 and has addresses for `count` subscribers.
[[nodiscard]] Result<void> check_room(const IpPrefix& range, std::uint64_t count);

/// Where the made-up subscribers are: a routing domain and its first IPv4 range.
struct Home {
    std::string domain;
    IpPrefix range;
};

/// In the default domain of `settings`; fails with invalid_configuration without an IPv4 range.
[[nodiscard]] Result<Home> home_of(const DirectorySettings& settings);

}  // namespace numproof::bench
