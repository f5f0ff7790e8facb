// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/http/message.h"

namespace numproof::http {

/// The fields that framing and routing depend on.
enum class KnownField : std::uint8_t {
    host,
    content_length,
    transfer_encoding,
    connection,
    expect,
    authorization,
    content_type,
    other
};

/// Reads a field line without its line end (RFC 9112 section 5): a token, a colon at once, and a
/// value, which comes back without the blanks around it. Folded lines are refused.
[[nodiscard]] std::optional<Field> parse_field_line(std::string_view line) noexcept;

/// Which of the known fields `name` is, whatever its case.
[[nodiscard]] KnownField known_field(std::string_view name) noexcept;

/// RFC 9110 section 7.2: a host with an optional port. An empty one identifies nobody and is
/// refused.
[[nodiscard]] bool is_host(std::string_view value) noexcept;

/// The host of a valid `Host` value, without its port.
[[nodiscard]] std::string_view host_without_port(std::string_view value) noexcept;

/// True if the comma-separated `list` has the member `name`, whatever its case.
[[nodiscard]] bool list_contains(std::string_view list, std::string_view name) noexcept;

}  // namespace numproof::http
