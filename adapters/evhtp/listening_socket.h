// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "adapters/evhtp/listen_address.h"
#include "daemon/base/result.h"

namespace numproof {

/// A socket that listens: non-blocking, closed on exec, TCP_NODELAY inherited by what it accepts.
class ListeningSocket {
public:
    /// Who else has it: then who waits in it is served after we have closed it.
    enum class Holder : std::uint8_t { we_alone, somebody_else_too };

    ListeningSocket(int fd, ListenAddress address, Holder holder = Holder::we_alone) noexcept
        : fd_(fd), address_(std::move(address)), holder_(holder) {}

    ListeningSocket(ListeningSocket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)),
          address_(std::move(other.address_)),
          holder_(other.holder_) {}

    ListeningSocket& operator=(ListeningSocket&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(address_, other.address_);
        std::swap(holder_, other.holder_);
        return *this;
    }

    ~ListeningSocket();

    /// Where it listens; with the port that the system chose, if it was asked to.
    [[nodiscard]] const ListenAddress& address() const noexcept { return address_; }

    /// The descriptor; stays ours.
    [[nodiscard]] int fd() const noexcept { return fd_; }

    [[nodiscard]] Holder holder() const noexcept { return holder_; }

    /// Gives the descriptor away.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
    ListenAddress address_;
    Holder holder_;
};

/// `count` sockets on one address, one for each worker: with SO_REUSEPORT for TCP, so that the
/// kernel spreads connections over them; duplicates of one socket for a path.
///
/// An address that another program has, even another instance of this one, is
/// `invalid_configuration` (but two instances that start in the same moment may share a port). A
/// path that nobody listens on any more is taken over; the new socket gets the permissions `mode`.
[[nodiscard]] Result<std::vector<ListeningSocket>> listen_on(
    const ListenAddress& address, std::size_t count, mode_t mode = 0660
);

/// `count` sockets out of `fd`, a listening socket that somebody else opened; takes it over. One
/// that takes IPv4 callers as IPv6 is refused (`invalid_configuration`): they would have addresses
/// that no subscriber holds.
[[nodiscard]] Result<std::vector<ListeningSocket>> adopt_listening(int fd, std::size_t count);

/// Lets no new connection begin on the socket `fd` that listens at `address`, while those that have
/// begun can still be accepted: whoever would be in the queue when it is closed would be reset.
/// Callers over TCP try again after a second, and find whoever listens then; a path is removed.
/// For sockets that nobody else holds.
void drop_newcomers(int fd, const ListenAddress& address) noexcept;

}  // namespace numproof
