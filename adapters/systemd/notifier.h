// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace numproof {

/// Tells the service manager where we stand: sd_notify(3). Without `NOTIFY_SOCKET` it does
/// nothing. Thread-safe.
class Notifier {
public:
    /// We answer from now on; `status` is one line for `systemctl status`.
    void ready(std::string_view status) const;

    /// The configuration is read again; ready() follows, whatever comes of it.
    void reloading() const;

    /// One line for `systemctl status`.
    void status(std::string_view status) const;

    /// We are on our way out.
    void stopping() const;

    /// A sign of life; due at least once in watchdog_interval().
    void alive() const;

    /// How often the service manager wants a sign of life, already halved; nullopt: not at all.
    [[nodiscard]] std::optional<Milliseconds> watchdog_interval() const;
};

/// A listening socket that the service manager opened for us.
struct InheritedSocket {
    int fd = -1;
    std::string name;  ///< `FileDescriptorName=` of its unit.
};

/// Sockets from the service manager (sd_listen_fds(3)), made close-on-exec; none without it. The
/// environment is cleared, so that only the first call gives any.
[[nodiscard]] Result<std::vector<InheritedSocket>> listen_fds();

}  // namespace numproof
