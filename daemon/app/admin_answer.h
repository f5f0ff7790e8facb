// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "daemon/http/message.h"

namespace numproof {

/// Who gave a command, for the audit trail. The operator's name is not known: whoever may open the
/// admin socket is one.
inline constexpr std::string_view kOperator = "admin_socket";

/// What `numproofctl` is told.
[[nodiscard]] inline http::Response admin_answer(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

}  // namespace numproof
