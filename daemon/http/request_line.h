// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "daemon/http/message.h"

namespace numproof::http {

/// The versions that we speak.
enum class Version : std::uint8_t { http_1_0, http_1_1 };

/// RFC 9112 section 3. The views point into the line that was parsed.
struct RequestLine {
    Method method = Method::other;
    std::string_view method_name;
    std::string_view authority;  ///< Of an absolute-form target; otherwise empty.
    std::string_view path;       ///< Starts with `/`, or is `*`.
    std::string_view query;
    Version version = Version::http_1_1;
};

/// Reads a request line without its line end. The target is in origin-form, in absolute-form of
/// http or https, or the asterisk of OPTIONS; its length is bounded by `uri_bytes`.
/// Refuses with malformed, uri_too_long or version_not_supported.
[[nodiscard]] tl::expected<RequestLine, Refusal> parse_request_line(
    std::string_view line, std::size_t uri_bytes
);

}  // namespace numproof::http
