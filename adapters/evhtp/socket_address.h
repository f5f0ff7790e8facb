// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <sys/socket.h>

#include "adapters/evhtp/listen_address.h"
#include "daemon/domain/address.h"

namespace numproof {

/// Our addresses as the system's calls take and give them.
class SocketAddress {
public:
    [[nodiscard]] static SocketAddress of(const TcpAddress& address) noexcept;
    [[nodiscard]] static SocketAddress of(const UnixAddress& address) noexcept;

    /// The port that `fd` is bound to; 0 without one.
    [[nodiscard]] static std::uint16_t bound_port(int fd) noexcept;

    /// Where `fd` is bound.
    [[nodiscard]] static ListenAddress bound_to(int fd);

    /// The endpoint in `name`. The peer of a path has none: 0.0.0.0 without a port, which nobody
    /// holds.
    [[nodiscard]] static SourceEndpoint endpoint_of(const sockaddr& name) noexcept;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }

    [[nodiscard]] socklen_t size() const noexcept { return size_; }

    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

}  // namespace numproof
