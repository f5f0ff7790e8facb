// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "daemon/domain/address.h"

namespace numproof {

/// How many connections may be open.
struct ConnectionCaps {
    std::size_t total = 20'000;
    std::size_t per_address = 1'000;  ///< An IPv6 caller is its /64. Not for paths.
};

/// Counts the open connections of a listener over all of its workers. Thread-safe.
class ConnectionCounts {
public:
    enum class Verdict : std::uint8_t {
        welcome,
        overloaded,  ///< Above the total: counted, to be told so and closed.
        turned_away  ///< Above the address's bound, or far above the total: not counted.
    };

    explicit ConnectionCounts(ConnectionCaps caps) : caps_(caps) {}

    ConnectionCounts(const ConnectionCounts&) = delete;
    ConnectionCounts& operator=(const ConnectionCounts&) = delete;

    /// New bounds for those that come from now on; nobody is sent away.
    void bound_by(ConnectionCaps caps);

    /// One more from `peer`. Unless it is turned away, leave() follows.
    [[nodiscard]] Verdict enter(const SourceEndpoint& peer);

    /// One less from `peer`.
    void leave(const SourceEndpoint& peer);

    /// All of them, at this moment.
    [[nodiscard]] std::size_t total() const;

private:
    struct Hash {
        std::size_t operator()(const IpAddress& address) const noexcept {
            return std::hash<std::string_view>{}(address.octets());
        }
    };

    mutable std::mutex mutex_;
    ConnectionCaps caps_;  // Guarded by mutex_, as all that follows.
    std::size_t total_ = 0;
    std::unordered_map<IpAddress, std::size_t, Hash> by_address_;
};

}  // namespace numproof
