// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/target.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace numproof::bench {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr timeval kConnectWithin{.tv_sec = 5, .tv_usec = 0};

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

void set_option(int fd, int level, int name) {
    const int on = 1;
    // None of them decides whether it works, only how fast.
    (void)setsockopt(fd, level, name, &on, sizeof on);
}

// The port is chosen when the peer is known, so that one address may be used for many peers.
bool bind_to(int fd, const IpAddress& source) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    std::memcpy(&address.sin_addr, source.octets().data(), sizeof address.sin_addr);
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    const auto bad = [&] {
        return fail(
            ErrorCode::invalid_value,
            "--url: '" + std::string{text} + "' is no http://host:port/path"
        );
    };
    if (!text.starts_with(kScheme)) {
        return bad();
    }
    const auto rest = text.substr(kScheme.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    auto host = has_port ? authority.substr(0, colon) : authority;
    const auto port = has_port ? authority.substr(colon + 1) : std::string_view{"80"};
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty() || port.empty() || port.find_first_not_of("0123456789") != port.npos) {
        return bad();
    }
    const auto path = rest.substr(slash);
    return Url{
        .host = std::string{host},
        .port = std::string{port},
        .authority = std::string{authority},
        .path = path.empty() ? "/" : std::string{path}};
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Descriptor::~Descriptor() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

int Descriptor::release() noexcept {
    return std::exchange(fd_, -1);
}

Result<Target> Target::find(Url url) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int error = getaddrinfo(url.host.c_str(), url.port.c_str(), &wanted, &raw);
    const AddressList found{raw, &freeaddrinfo};
    if (error != 0) {
        return fail(ErrorCode::io_failure, url.authority + ": " + gai_strerror(error));
    }
    Target target;
    target.url_ = std::move(url);
    std::memcpy(&target.address_, found->ai_addr, found->ai_addrlen);
    target.length_ = found->ai_addrlen;
    return target;
}

Result<Descriptor> Target::connect(const std::optional<IpAddress>& source) const {
    const auto failed = [this](const std::string& what) {
        return fail(
            ErrorCode::io_failure,
            "cannot " + what + url_.host + " port " + url_.port + ": " + std::strerror(errno)
        );
    };
    Descriptor made{socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!made.is_open()) {
        return failed("make a socket for ");
    }
    (void)setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &kConnectWithin, sizeof kConnectWithin);
    set_option(made.get(), IPPROTO_TCP, TCP_NODELAY);
    if (source && !bind_to(made.get(), *source)) {
        return failed("use the address " + source->to_text() + " towards ");
    }
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address_), length_) != 0) {
        return failed("connect to ");
    }
    if (fcntl(made.get(), F_SETFL, O_NONBLOCK) != 0) {
        return failed("use the connection to ");
    }
    return made;
}

}  // namespace numproof::bench
