// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/http/message.h"
#include "daemon/http/request_line.h"

namespace numproof::http {

/// What happens to the connection after an answer.
enum class Persistence : std::uint8_t { close, keep_alive };

/// What an answer depends on besides itself.
struct ResponseContext {
    Method method = Method::get;          ///< HEAD gets the length of the body, not the body.
    Version version = Version::http_1_1;  ///< 1.0 is told that the connection is kept.
    Persistence persistence = Persistence::close;
    std::string_view date{};  ///< From to_http_date().
};

/// Replaces `octets` by `response` as it goes over the wire, in one piece (RFC 9112 section 4).
///
/// Adds `Date`, `Content-Length` (not with 204 and 304), `Connection`, and
/// `Cache-Control: no-store` unless `response` has its own. A field that could not be sent as one
/// line, or that belongs to the framing, is left out: no caller's octets can end a line.
void write_response(const Response& response, const ResponseContext& context, std::string& octets);

}  // namespace numproof::http
