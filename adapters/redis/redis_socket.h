// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

struct bufferevent;
struct event_base;
struct evdns_base;

namespace numproof {

/// Closes a connection of libevent.
struct BuffereventFreer {
    void operator()(bufferevent* buffered) const noexcept;
};

using BuffereventPtr = std::unique_ptr<bufferevent, BuffereventFreer>;

class RedisTls;

/// Opens sockets to addresses of RedisOptions on one loop.
class RedisDialer {
public:
    /// `base` outlives the dialer. `tls`: nullptr for none; UNIX sockets never speak it.
    RedisDialer(event_base& base, std::shared_ptr<const RedisTls> tls) noexcept;
    ~RedisDialer();
    RedisDialer(const RedisDialer&) = delete;
    RedisDialer& operator=(const RedisDialer&) = delete;

    /// Begins to connect; the bufferevent reports BEV_EVENT_CONNECTED or _ERROR to `report`, the
    /// former once TLS stands. An address without a port is `invalid_configuration`.
    struct Report {
        void (*on_readable)(bufferevent*, void*);
        void (*on_event)(bufferevent*, short, void*);
        void* context;
    };

    [[nodiscard]] Result<BuffereventPtr> dial(const std::string& address, Report report);

private:
    struct DnsFreer {
        void operator()(evdns_base* dns) const noexcept;
    };

    [[nodiscard]] Result<BuffereventPtr> make_connection(const std::string& address) const;
    [[nodiscard]] bool dial_name(bufferevent& buffered, const std::string& address);

    event_base& base_;
    std::shared_ptr<const RedisTls> tls_;
    std::unique_ptr<evdns_base, DnsFreer> dns_;  // Only once a name has to be looked up.
};

/// No delay, keep-alive, and an end to what the peer does not acknowledge within `patience`.
void tune_redis_socket(int fd, Milliseconds patience) noexcept;

}  // namespace numproof
