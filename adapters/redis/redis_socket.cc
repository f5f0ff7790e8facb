// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_socket.h"

#include <charconv>
#include <cstdint>
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

#include "daemon/base/check.h"

namespace numproof {
namespace {

/// Octets of one system call: libevent's 16 KiB are few for a batch of records.
constexpr std::size_t kAtOnce = 256UL * 1024;

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

RedisDialer::RedisDialer(event_base& base) noexcept : base_(base) {}

RedisDialer::~RedisDialer() = default;

Result<BuffereventPtr> RedisDialer::dial(const std::string& address, Report report) {
    BuffereventPtr buffered{bufferevent_socket_new(&base_, -1, BEV_OPT_CLOSE_ON_FREE)};
    NP_CHECK(buffered != nullptr);
    bufferevent_setcb(buffered.get(), report.on_readable, nullptr, report.on_event, report.context);
    bufferevent_enable(buffered.get(), EV_READ | EV_WRITE);
    bufferevent_set_max_single_read(buffered.get(), kAtOnce);
    bufferevent_set_max_single_write(buffered.get(), kAtOnce);

    sockaddr_storage numeric{};
    int size = sizeof numeric;
    auto* const target = reinterpret_cast<sockaddr*>(&numeric);
    if (!split(address)) {
        return fail(ErrorCode::invalid_configuration, "not host:port: " + address);
    }
    const bool dialing = evutil_parse_sockaddr_port(address.c_str(), target, &size) == 0
                             ? bufferevent_socket_connect(buffered.get(), target, size) == 0
                             : dial_name(*buffered, address);
    if (!dialing) {
        return fail(ErrorCode::store_unavailable, "cannot connect to Redis at " + address);
    }
    return buffered;
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
