// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/front.h"

#include "daemon/http/http_date.h"

namespace numproof {

std::string_view Front::written(const http::Response& response, http::ResponseContext context) {
    context.date = date();
    http::write_response(response, context, written_);
    return written_;
}

std::string_view Front::date() {
    const auto second = std::chrono::floor<std::chrono::seconds>(parts_.clock.wall_now());
    if (second != date_at_ || date_.empty()) {
        date_at_ = second;
        date_ = http::to_http_date(second);
    }
    return date_;
}

}  // namespace numproof
