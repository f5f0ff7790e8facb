// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/listening_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>

#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/evhtp/socket_address.h"

namespace numproof {
namespace {

constexpr int kBacklog = 4096;
constexpr int kSocketType = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

using Sockets = std::vector<ListeningSocket>;

tl::unexpected<Error> refused(const ListenAddress& address, const char* call) {
    return fail(
        ErrorCode::invalid_configuration, to_text(address) + ": " + call + ": " + strerror(errno)
    );
}

bool switch_on(int fd, int level, int option) {
    const int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

enum class PortSharing : std::uint8_t { alone, with_other_workers };

/// Makes a socket and binds it, without listening yet.
Result<ListeningSocket> bind_tcp(const TcpAddress& address, PortSharing sharing) {
    const auto name = SocketAddress::of(address);
    ListeningSocket made{socket(name.family(), kSocketType, 0), address};
    const int fd = made.fd();
    if (fd < 0) {
        return refused(address, "socket");
    }
    const bool shared = sharing == PortSharing::with_other_workers;
    const bool is_v6 = name.family() == AF_INET6;
    if (!switch_on(fd, SOL_SOCKET, SO_REUSEADDR) || !switch_on(fd, IPPROTO_TCP, TCP_NODELAY) ||
        !switch_on(fd, SOL_SOCKET, SO_KEEPALIVE) ||
        (shared && !switch_on(fd, SOL_SOCKET, SO_REUSEPORT)) ||
        (is_v6 && !switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY))) {
        return refused(address, "setsockopt");
    }
    if (bind(fd, name.get(), name.size()) != 0) {
        return refused(address, "bind");
    }
    return made;
}

Result<Sockets> listen_tcp(TcpAddress address, std::size_t count) {
    if (address.port != 0) {
        // SO_REUSEPORT would let a second daemon of this user in without a word.
        if (auto probe = bind_tcp(address, PortSharing::alone); !probe) {
            return pass_on(probe);
        }
    }
    Sockets sockets;
    while (sockets.size() < count) {
        auto bound = bind_tcp(address, PortSharing::with_other_workers);
        if (!bound) {
            return pass_on(bound);
        }
        address.port = SocketAddress::bound_port(bound->fd());
        if (listen(bound->fd(), kBacklog) != 0) {
            return refused(address, "listen");
        }
        sockets.emplace_back(bound->release(), address);
    }
    return sockets;
}

/// Removes a socket that a dead process left behind; false when somebody listens on it.
bool remove_stale(const UnixAddress& address, const SocketAddress& name) {
    struct stat status {};

    if (lstat(address.path.c_str(), &status) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return false;
    }
    const ListeningSocket probe{socket(AF_UNIX, kSocketType, 0), address};
    if (connect(probe.fd(), name.get(), name.size()) == 0 || errno != ECONNREFUSED) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address.path.c_str()) == 0;
}

Result<Sockets> duplicates_of(ListeningSocket first, std::size_t count) {
    Sockets sockets;
    while (sockets.size() + 1 < count) {
        const int fd = fcntl(first.fd(), F_DUPFD_CLOEXEC, 0);
        if (fd < 0) {
            return refused(first.address(), "dup");
        }
        sockets.emplace_back(fd, first.address(), first.holder());
    }
    sockets.push_back(std::move(first));
    return sockets;
}

Result<Sockets> listen_unix(const UnixAddress& address, std::size_t count, mode_t mode) {
    const auto name = SocketAddress::of(address);
    if (!remove_stale(address, name)) {
        return refused(address, "bind");
    }
    ListeningSocket made{socket(AF_UNIX, kSocketType, 0), address};
    if (made.fd() < 0 || bind(made.fd(), name.get(), name.size()) != 0) {
        return refused(address, "bind");
    }
    // Nobody can connect before listen(), so the permissions are in force from the first moment.
    if (chmod(address.path.c_str(), mode) != 0 || listen(made.fd(), kBacklog) != 0) {
        return refused(address, "listen");
    }
    return duplicates_of(std::move(made), count);
}

bool option_is_on(int fd, int level, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, option, &value, &size) == 0 && value != 0;
}

bool is_v6(const ListenAddress& address) {
    const auto* const tcp = std::get_if<TcpAddress>(&address);
    return tcp != nullptr && tcp->address.family() == IpAddress::Family::v6;
}

}  // namespace

ListeningSocket::~ListeningSocket() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

Result<Sockets> listen_on(const ListenAddress& address, std::size_t count, mode_t mode) {
    if (const auto* path = std::get_if<UnixAddress>(&address)) {
        return listen_unix(*path, count, mode);
    }
    return listen_tcp(std::get<TcpAddress>(address), count);
}

Result<Sockets> adopt_listening(int fd, std::size_t count) {
    using Holder = ListeningSocket::Holder;
    ListeningSocket made{fd, SocketAddress::bound_to(fd), Holder::somebody_else_too};
    if (!option_is_on(fd, SOL_SOCKET, SO_ACCEPTCONN)) {
        return fail(
            ErrorCode::invalid_configuration, to_text(made.address()) + ": does not listen"
        );
    }
    if (is_v6(made.address()) && !option_is_on(fd, IPPROTO_IPV6, IPV6_V6ONLY)) {
        return fail(
            ErrorCode::invalid_configuration,
            to_text(made.address()) + ": takes IPv4 too: BindIPv6Only=ipv6-only is missing"
        );
    }
    const int flags = fcntl(fd, F_GETFL);
    if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return refused(made.address(), "fcntl");
    }
    return duplicates_of(std::move(made), count);
}

void drop_newcomers(int fd, const ListenAddress& address) noexcept {
    if (const auto* path = std::get_if<UnixAddress>(&address)) {
        unlink(path->path.c_str());
        return;
    }
    // A filter sees the TCP header (RFC 9293, section 3.1): SYN is bit 1 of octet 13. What is
    // connected or is about to be has sent its SYN.
    constexpr std::uint32_t kFlags = 13;
    constexpr std::uint32_t kSyn = 0x02;
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlags),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSyn, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const sock_fprog program{.len = std::size(code), .filter = code};
    // Without it somebody may be reset, as without this function.
    static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}

}  // namespace numproof
