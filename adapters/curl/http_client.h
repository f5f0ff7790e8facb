// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace numproof {

/// A request to another server. Redirects are not followed.
struct ClientRequest {
    std::string method = "GET";
    std::string url{};
    std::string unix_socket{};  ///< Path; empty: by the URL's host and port.
    std::string source{};       ///< Local address to send from; empty: any.
    std::string ca_file{};  ///< Who may issue an https server's certificate; empty: the system's.
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
    Milliseconds deadline{5000};
};

/// What came back.
struct ClientResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    /// The first field called `name`, whatever its case; empty if there is none.
    [[nodiscard]] std::string field(std::string_view name) const;
};

/// Sends one request by libcurl and waits for the answer. Blocks: for tools and for threads that
/// may wait, never for an event loop. An https server must prove its name, with TLS 1.2 at least.
/// Fails with io_failure (with curl's words) or deadline_exceeded.
[[nodiscard]] Result<ClientResponse> send_request(const ClientRequest& request);

}  // namespace numproof
