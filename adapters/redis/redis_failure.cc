// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_failure.h"

#include <string>
#include <system_error>

#include <event2/bufferevent.h>
#include <event2/util.h>

#include "adapters/redis/redis_tls.h"

namespace numproof {

Error failure_of(bufferevent& failed, short what) {
    const int failed_with = EVUTIL_SOCKET_ERROR();
    if (auto error = tls_failure_of(failed); !error.detail.empty()) {
        return error;
    }
    Error error{.code = ErrorCode::store_unavailable, .detail = {}};
    if (const int unresolved = bufferevent_socket_get_dns_error(&failed)) {
        error.detail = std::string{"looking up Redis: "} + evutil_gai_strerror(unresolved);
    } else if ((what & BEV_EVENT_EOF) != 0 || failed_with == 0) {
        error.detail = "Redis closed the connection";
    } else {
        error.detail = "Redis: " + std::generic_category().message(failed_with);
    }
    return error;
}

}  // namespace numproof
