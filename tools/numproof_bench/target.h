// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "daemon/base/result.h"
#include "daemon/domain/address.h"

namespace numproof::bench {

/// `http://host:port/path` in its parts.
struct Url {
    std::string host;  ///< Without brackets.
    std::string port;
    std::string authority;  ///< As it stands in `Host`.
    std::string path;       ///< At least `/`.
};

/// Fails with invalid_value; only http, since no load is driven through TLS here.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// A descriptor that is closed with its owner.
class Descriptor {
public:
    Descriptor() = default;

    explicit Descriptor(int fd) noexcept : fd_(fd) {}

    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}

    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    [[nodiscard]] int get() const noexcept { return fd_; }

    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

private:
    [[nodiscard]] int release() noexcept;

    int fd_ = -1;
};

/// Where connections go to: a resolved URL.
class Target {
public:
    /// Resolves the host once; a name that means nothing: io_failure.
    [[nodiscard]] static Result<Target> find(Url url);

    /// A new connection, not blocking from then on, from `source` if it is given. Waits up to five
    /// seconds; io_failure says what could not be reached.
    [[nodiscard]] Result<Descriptor> connect(const std::optional<IpAddress>& source) const;

    [[nodiscard]] const Url& url() const noexcept { return url_; }

private:
    Url url_;
    sockaddr_storage address_{};
    socklen_t length_ = 0;
};

}  // namespace numproof::bench
