// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace numproof::bench {

/// One answer of a server, as far as a load generator has to understand it.
struct Response {
    int status = 0;
    std::string_view head;  ///< With the status line, without the empty line.
    std::string_view body;
    bool closes = false;  ///< The server closes the connection after it.
};

/// What has been received so far is …
enum class ScanOutcome : std::uint8_t {
    partial,   ///< … the beginning of an answer.
    complete,  ///< … exactly one answer.
    broken     ///< … nothing that may come from a server that was asked once.
};

/// Looks whether `received` is a whole answer (HTTP/1.1 with Content-Length, or chunked), and if so
/// fills in `response`, whose views point into it. It trusts the server: nothing but its framing
/// is checked. A chunked body is given as it came.
[[nodiscard]] ScanOutcome scan_response(std::string_view received, Response& response);

/// The value of the field `name` (lower case) in a head; empty if it is not there.
[[nodiscard]] std::string_view field_of(std::string_view head, std::string_view name);

}  // namespace numproof::bench
