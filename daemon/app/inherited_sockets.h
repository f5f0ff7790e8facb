// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "adapters/evhtp/listening_socket.h"
#include "daemon/base/result.h"

namespace numproof {

/// Sockets that the service manager listens on in our place and keeps while we restart, so that
/// nobody is refused meanwhile: systemd.socket(5).
class InheritedSockets {
public:
    /// What this process was given; empty if it was started otherwise. Only the first call finds
    /// any. `invalid_configuration`: one that does not listen, or that takes IPv4 as IPv6.
    [[nodiscard]] static Result<InheritedSockets> from_service_manager();

    explicit InheritedSockets(std::vector<ListeningSocket> sockets) noexcept
        : sockets_(std::move(sockets)) {}

    /// True if one listens on `address`.
    [[nodiscard]] bool has(const ListenAddress& address) const;

    /// All that listen on `address`, one list for each of `count` workers: whoever connects to any
    /// of them is accepted by somebody. `has(address)` must be true.
    [[nodiscard]] Result<std::vector<std::vector<ListeningSocket>>> take(
        const ListenAddress& address, std::size_t count
    );

    /// The addresses of those that nobody took.
    [[nodiscard]] std::vector<std::string> left() const;

private:
    std::vector<ListeningSocket> sockets_;
};

}  // namespace numproof
