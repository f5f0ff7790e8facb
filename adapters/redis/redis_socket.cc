// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_socket.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "adapters/redis/redis_tls.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

/// Octets of one system call: libevent's 16 KiB are few for a batch of records.
constexpr std::size_t kAtOnce = 256UL * 1024;

constexpr std::string_view kUnix = "unix:";

struct HostPort {
    std::string host;
    int port = 0;
};

std::optional<HostPort> split(std::string_view address) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    std::uint16_t port = 0;
    const char* const end = address.data() + address.size();
    const auto read = std::from_chars(address.data() + colon + 1, end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) {
        return std::nullopt;
    }
    return HostPort{.host = std::string{address.substr(0, colon)}, .port = port};
}

/// A host as it stands in a certificate: IPv6 without its brackets.
std::string bare(std::string host) {
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

bool dial_path(bufferevent& buffered, std::string_view path) {
    sockaddr_un target{};
    target.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof target.sun_path) {
        return false;
    }
    std::memcpy(target.sun_path, path.data(), path.size());
    auto* const generic = reinterpret_cast<sockaddr*>(&target);
    return bufferevent_socket_connect(&buffered, generic, sizeof target) == 0;
}

struct SocketAddress {
    sockaddr_storage octets{};
    int size = sizeof(sockaddr_storage);
};

/// An address in digits; nullopt: a name.
std::optional<SocketAddress> numeric(const std::string& address) {
    SocketAddress found;
    auto* const target = reinterpret_cast<sockaddr*>(&found.octets);
    const bool digits = evutil_parse_sockaddr_port(address.c_str(), target, &found.size) == 0;
    return digits ? std::optional{found} : std::nullopt;
}

bool dial_number(bufferevent& buffered, SocketAddress target) {
    auto* const generic = reinterpret_cast<sockaddr*>(&target.octets);
    return bufferevent_socket_connect(&buffered, generic, target.size) == 0;
}

void set_option(int fd, std::pair<int, int> option, int value) noexcept {
    // What the kernel does not know, it does without.
    static_cast<void>(setsockopt(fd, option.first, option.second, &value, sizeof value));
}

}  // namespace

void BuffereventFreer::operator()(bufferevent* buffered) const noexcept {
    bufferevent_free(buffered);
}

void RedisDialer::DnsFreer::operator()(evdns_base* dns) const noexcept {
    evdns_base_free(dns, 0);
}

RedisDialer::RedisDialer(event_base& base, std::shared_ptr<const RedisTls> tls) noexcept
    : base_(base), tls_(std::move(tls)) {}

RedisDialer::~RedisDialer() = default;

Result<BuffereventPtr> RedisDialer::dial(const std::string& address, Report report) {
    auto made = make_connection(address);
    if (!made) {
        return made;
    }
    auto& buffered = **made;
    bufferevent_setcb(&buffered, report.on_readable, nullptr, report.on_event, report.context);
    bufferevent_enable(&buffered, EV_READ | EV_WRITE);
    bufferevent_set_max_single_read(&buffered, kAtOnce);
    bufferevent_set_max_single_write(&buffered, kAtOnce);
    bool dialing = false;
    if (address.starts_with(kUnix)) {
        dialing = dial_path(buffered, std::string_view{address}.substr(kUnix.size()));
    } else {
        const auto target = numeric(address);
        dialing = target ? dial_number(buffered, *target) : dial_name(buffered, address);
    }
    if (!dialing) {
        return fail(ErrorCode::store_unavailable, "cannot connect to Redis at " + address);
    }
    return made;
}

Result<BuffereventPtr> RedisDialer::make_connection(const std::string& address) const {
    const bool local = address.starts_with(kUnix);
    const auto parts = local ? std::optional<HostPort>{HostPort{}} : split(address);
    if (!parts) {
        return fail(ErrorCode::invalid_configuration, "not host:port: " + address);
    }
    if (tls_ && !local) {
        return tls_->connection(base_, bare(parts->host));
    }
    BuffereventPtr plain{bufferevent_socket_new(&base_, -1, BEV_OPT_CLOSE_ON_FREE)};
    NP_CHECK(plain != nullptr);
    return plain;
}

bool RedisDialer::dial_name(bufferevent& buffered, const std::string& address) {
    if (!dns_) {
        constexpr int kFlags = EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE;
        dns_.reset(evdns_base_new(&base_, kFlags));
    }
    const auto parts = split(address);
    return dns_ && parts &&
           bufferevent_socket_connect_hostname(
               &buffered, dns_.get(), AF_UNSPEC, parts->host.c_str(), parts->port
           ) == 0;
}

void tune_redis_socket(int fd, Milliseconds patience) noexcept {
    set_option(fd, {IPPROTO_TCP, TCP_NODELAY}, 1);
    set_option(fd, {IPPROTO_TCP, TCP_USER_TIMEOUT}, static_cast<int>(patience.count()));
    set_option(fd, {SOL_SOCKET, SO_KEEPALIVE}, 1);
    set_option(fd, {IPPROTO_TCP, TCP_KEEPIDLE}, 10);
    set_option(fd, {IPPROTO_TCP, TCP_KEEPINTVL}, 5);
    set_option(fd, {IPPROTO_TCP, TCP_KEEPCNT}, 3);
}

}  // namespace numproof
