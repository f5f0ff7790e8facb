// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "adapters/evhtp/listen_address.h"
#include "daemon/base/result.h"

namespace numproof {

/// A socket that listens: non-blocking, closed on exec, TCP_NODELAY inherited by what it accepts.
class ListeningSocket {
public:
    ListeningSocket(int fd, ListenAddress address) noexcept
        : fd_(fd), address_(std::move(address)) {}

    ListeningSocket(ListeningSocket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), address_(std::move(other.address_)) {}

    ListeningSocket& operator=(ListeningSocket&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(address_, other.address_);
        return *this;
    }

    ~ListeningSocket();

    /// Where it listens; with the port that the system chose, if it was asked to.
    [[nodiscard]] const ListenAddress& address() const noexcept { return address_; }

    /// The descriptor; stays ours.
    [[nodiscard]] int fd() const noexcept { return fd_; }

    /// Gives the descriptor away.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
    ListenAddress address_;
};

/// `count` sockets on one address, one for each worker: with SO_REUSEPORT for TCP, so that the
/// kernel spreads connections over them; duplicates of one socket for a path.
///
/// An address that another program has, even another instance of this one, is
/// `invalid_configuration`. A path that nobody listens on any more is taken over; the new socket
/// gets the permissions `mode`.
[[nodiscard]] Result<std::vector<ListeningSocket>> listen_on(
    const ListenAddress& address, std::size_t count, mode_t mode = 0660
);

/// `count` sockets out of `fd`, a listening socket that the service manager opened; takes it over.
[[nodiscard]] Result<std::vector<ListeningSocket>> adopt_listening(int fd, std::size_t count);

}  // namespace numproof
