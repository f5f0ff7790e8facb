// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/admin_router.h"

#include <string>
#include <utility>

#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kMetricsText = "text/plain; version=0.0.4; charset=utf-8";

http::Response text(int status, std::string_view content_type, std::string body) {
    return http::Response{
        .status = status,
        .content_type = std::string{content_type},
        .fields = {},
        .body = std::move(body)};
}

http::Response error(int status, std::string_view code) {
    JsonWriter body;
    body.begin_object().key("error").text(code).end_object();
    return text(status, "application/json", body.take());
}

bool is_look(http::Method method) noexcept {
    return method == http::Method::get || method == http::Method::head;
}

/// An answer that only looks takes GET, HEAD and OPTIONS; what changes something POST and OPTIONS.
std::string allow_of(http::Method method) {
    return is_look(method) ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
}

bool accepts(http::Method offered, http::Method asked) noexcept {
    return is_look(offered) ? is_look(asked) : asked == offered;
}

http::Response wrong_method(http::Method offered, http::Method asked) {
    auto response =
        asked == http::Method::options ? text(204, {}, {}) : error(405, "method_not_allowed");
    response.fields.emplace_back("Allow", allow_of(offered));
    return response;
}

std::string_view word_for(http::Refusal refusal) noexcept {
    switch (refusal) {
        case http::Refusal::malformed:
            return "malformed_http";
        case http::Refusal::timeout:
            return "request_timeout";
        case http::Refusal::length_required:
            return "length_required";
        case http::Refusal::body_too_large:
            return "body_too_large";
        case http::Refusal::uri_too_long:
            return "uri_too_long";
        case http::Refusal::expectation_failed:
            return "expectation_failed";
        case http::Refusal::misdirected:
            return "misdirected";
        case http::Refusal::head_too_large:
            return "head_too_large";
        case http::Refusal::overloaded:
            return "overloaded";
        case http::Refusal::version_not_supported:
            return "version_not_supported";
    }
    return "malformed_http";
}

/// Commands are for those who may open the admin socket; whoever reaches the port may only look.
bool is_local_socket(const http::Request& request) {
    return request.peer.port == 0;
}

/// `verbose`, `verbose=1` and `a&verbose` all ask for it.
bool asks_verbose(std::string_view query) {
    const auto at = query.find("verbose");
    return at != std::string_view::npos && (at == 0 || query[at - 1] == '&');
}

}  // namespace

AdminRouter::AdminRouter(AdminParts parts) : parts_(std::move(parts)) {}

Task<http::Response> AdminRouter::handle(const http::Request& request, Deadline deadline) {
    const auto command = parts_.commands.find(std::string{request.path});
    if (command != parts_.commands.end() && is_local_socket(request)) {
        if (!accepts(command->second.method, request.method)) {
            co_return wrong_method(command->second.method, request.method);
        }
        co_return co_await command->second.run(request, deadline);
    }
    auto seen = look(request);
    if (!seen) {
        co_return error(404, "not_found");
    }
    if (!is_look(request.method)) {
        co_return wrong_method(http::Method::get, request.method);
    }
    co_return std::move(*seen);
}

std::optional<http::Response> AdminRouter::look(const http::Request& request) const {
    if (request.path == "/livez") {
        return text(200, kPlainText, "ok\n");
    }
    if (request.path == "/readyz") {
        return readiness(request.query);
    }
    if (request.path == "/startupz") {
        return parts_.started() ? text(200, kPlainText, "ok\n")
                                : text(503, kPlainText, "starting\n");
    }
    if (request.path == "/metrics") {
        return text(200, kMetricsText, parts_.metrics());
    }
    const auto document = parts_.documents.find(std::string{request.path});
    if (document == parts_.documents.end()) {
        return std::nullopt;
    }
    return text(200, document->second.content_type, document->second.text);
}

http::Response AdminRouter::readiness(std::string_view query) const {
    std::string lines;
    bool ready = true;
    for (const auto& check : parts_.checks) {
        const auto trouble = check.trouble();
        ready = ready && !trouble;
        lines +=
            trouble ? "[-]" + check.name + ": " + *trouble + "\n" : "[+]" + check.name + " ok\n";
    }
    const std::string summary = ready ? "ok\n" : "not ready\n";
    return text(ready ? 200 : 503, kPlainText, asks_verbose(query) ? lines + summary : summary);
}

std::vector<std::string> AdminRouter::troubles() const {
    std::vector<std::string> troubles;
    for (const auto& check : parts_.checks) {
        if (const auto trouble = check.trouble()) {
            troubles.push_back(check.name + ": " + *trouble);
        }
    }
    return troubles;
}

http::Response AdminRouter::refuse(http::Refusal refusal, std::string_view path) const {
    static_cast<void>(path);
    return error(http::status_of(refusal), word_for(refusal));
}

}  // namespace numproof
