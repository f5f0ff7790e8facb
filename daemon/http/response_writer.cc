// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/response_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "daemon/http/octets.h"

namespace numproof::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 26> kReasons{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

constexpr std::array<std::string_view, 5> kFraming{
    "content-length", "transfer-encoding", "connection", "date", "content-type"};

std::string_view reason_of(int status) {
    const auto* const found =
        std::ranges::find(kReasons, status, &std::pair<int, std::string_view>::first);
    return found == kReasons.end() ? std::string_view{} : found->second;
}

void append_number(std::string& octets, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    octets.append(digits.data(), end);
}

/// The only place where a line is made of something that we did not write ourselves.
void append_field(std::string& octets, std::string_view name, std::string_view value) {
    if (is_token(name) && is_line_text(value)) {
        octets.append(name).append(": ").append(value).append("\r\n");
    }
}

bool is_framing(std::string_view name) {
    return std::ranges::any_of(kFraming, [&](std::string_view framing) {
        return equal_ignoring_case(framing, name);
    });
}

void append_own_fields(const Response& response, std::string& octets) {
    bool has_cache_control = false;
    for (const auto& [name, value] : response.fields) {
        has_cache_control = has_cache_control || equal_ignoring_case(name, "cache-control");
        if (!is_framing(name)) {
            append_field(octets, name, value);
        }
    }
    if (!has_cache_control) {
        octets.append("Cache-Control: no-store\r\n");
    }
}

bool has_content(int status) {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

void write_response(const Response& response, const ResponseContext& context, std::string& octets) {
    octets.assign("HTTP/1.1 ");
    append_number(octets, static_cast<std::size_t>(std::clamp(response.status, 100, 999)));
    octets.append(" ").append(reason_of(response.status)).append("\r\n");
    append_field(octets, "Date", context.date);
    if (has_content(response.status)) {
        if (!response.content_type.empty()) {
            append_field(octets, "Content-Type", response.content_type);
        }
        octets.append("Content-Length: ");
        append_number(octets, response.body.size());
        octets.append("\r\n");
    }
    append_own_fields(response, octets);
    if (context.persistence == Persistence::close) {
        octets.append("Connection: close\r\n");
    } else if (context.version == Version::http_1_0) {
        octets.append("Connection: keep-alive\r\n");
    }
    octets.append("\r\n");
    if (has_content(response.status) && context.method != Method::head) {
        octets.append(response.body);
    }
}

}  // namespace numproof::http
