// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/base/result.h"
#include "daemon/domain/address.h"

namespace numproof {

/// A TCP address to listen on.
struct TcpAddress {
    IpAddress address;
    std::uint16_t port = 0;  ///< 0: the system chooses.

    bool operator==(const TcpAddress&) const = default;
};

/// A stream socket in the file system.
struct UnixAddress {
    std::string path;  ///< Absolute.

    bool operator==(const UnixAddress&) const = default;
};

/// Where to listen.
using ListenAddress = std::variant<TcpAddress, UnixAddress>;

/// Reads `127.0.0.1:9091`, `[::1]:9091` or `unix:/path`; no names, no missing port, nothing
/// around it. Otherwise `invalid_configuration`.
[[nodiscard]] Result<ListenAddress> read_listen_address(std::string_view text);

/// The text that read_listen_address() reads.
[[nodiscard]] std::string to_text(const ListenAddress& address);

}  // namespace numproof
