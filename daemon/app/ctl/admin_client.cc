// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/admin_client.h"

#include <cstdlib>
#include <utility>

#include "adapters/curl/http_client.h"

namespace numproof::ctl {

std::string default_socket() {
    const char* const folder = std::getenv("RUNTIME_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    return std::string{folder != nullptr ? folder : "/run/numproof"} + "/admin.sock";
}

Result<std::string> ask(
    const std::string& socket,
    std::string_view method,
    std::string_view path,
    Milliseconds within,
    std::string body
) {
    ClientRequest request{
        .method = std::string{method},
        .url = "http://localhost" + std::string{path},
        .unix_socket = socket,
        .deadline = within};
    if (!body.empty()) {
        request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        request.body = std::move(body);
    }
    auto response = send_request(request);
    if (!response) {
        return fail(
            response.error().code,
            "no daemon answers at " + socket + " (" + response.error().detail + ")"
        );
    }
    if (response->status < 200 || response->status > 299) {
        return fail(ErrorCode::invalid_value, response->body);
    }
    return std::move(response->body);
}

}  // namespace numproof::ctl
