// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/domain/address.h"

namespace numproof::http {

/// Request methods that we tell apart; every other token is `other`.
enum class Method : std::uint8_t { get, head, post, options, other };

/// One field line. Names compare without case; the value has no blanks around it.
struct Field {
    std::string_view name;
    std::string_view value;
};

/// A request that has passed the gate: complete, well-formed, within all limits, body decoded.
/// The views point into the connection's memory and hold until the request is answered.
struct Request {
    Method method = Method::other;
    std::string_view method_name;
    std::string_view path;   ///< Of the target, up to `?`; starts with `/`. Not decoded.
    std::string_view query;  ///< After `?`; empty without one. Not decoded.
    std::vector<Field> fields;
    std::string_view body;
    SourceEndpoint peer;  ///< The other end of the connection.

    /// The value of the first field called `name` (lower case).
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;

    /// How many fields are called `name` (lower case).
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
};

/// An answer. The front adds `Date`, `Content-Length`, `Connection` and `Cache-Control: no-store`,
/// and leaves the body out for HEAD.
struct Response {
    int status = 200;
    std::string content_type = "application/json";  ///< Empty: no `Content-Type`.
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
};

/// Why the gate refuses a request before anybody else sees it. The connection closes after it.
enum class Refusal : std::uint8_t {
    malformed,             ///< 400
    timeout,               ///< 408
    length_required,       ///< 411
    body_too_large,        ///< 413
    uri_too_long,          ///< 414
    expectation_failed,    ///< 417
    misdirected,           ///< 421: `Host` is none of ours
    head_too_large,        ///< 431
    overloaded,            ///< 503: a bound of ours was hit
    version_not_supported  ///< 505
};

/// The status code of `refusal`.
[[nodiscard]] int status_of(Refusal refusal) noexcept;

/// True if `a` and `b` are the same but for the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace numproof::http
