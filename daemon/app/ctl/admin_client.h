// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace numproof::ctl {

/// Where the daemon's admin socket is when nobody says it: `$RUNTIME_DIRECTORY/admin.sock`, else
/// `/run/numproof/admin.sock`.
[[nodiscard]] std::string default_socket();

/// The answer of the daemon behind `socket` to `method path` with `body`, a form. An answer that is
/// no 2xx is `invalid_value` with the daemon's words; nobody there is `io_failure`.
[[nodiscard]] Result<std::string> ask(
    const std::string& socket,
    std::string_view method,
    std::string_view path,
    Milliseconds within = Milliseconds{5000},
    std::string body = {}
);

}  // namespace numproof::ctl
