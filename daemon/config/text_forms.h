// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace numproof {

/// A host with a port, or the path of a UNIX socket.
struct HostPort {
    std::string host;  ///< A name or an address without brackets; empty for a UNIX socket.
    std::uint16_t port = 0;
    std::string unix_path;  ///< Empty for a host with a port.

    bool operator==(const HostPort&) const = default;
};

/// `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`; port 0 is allowed: any free one.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text);

/// An address (no name) with its port, or `unix:/path`.
[[nodiscard]] std::optional<HostPort> parse_listen_address(std::string_view text);

/// parse_host_port(), or `unix:/path`.
[[nodiscard]] std::optional<HostPort> parse_redis_address(std::string_view text);

/// The form that a text setting must have: says in words what is wrong, or nothing.
using TextForm = std::optional<std::string> (*)(std::string_view text);

/// The forms. Each accepts a whole value and explains what it wants otherwise, without the value.
namespace text_form {

std::optional<std::string> any(std::string_view text);             ///< Not empty, printable.
std::optional<std::string> node_name(std::string_view text);       ///< Letters, digits, `._-`.
std::optional<std::string> topic(std::string_view text);           ///< A Kafka topic's name.
std::optional<std::string> listen_address(std::string_view text);  ///< parse_listen_address()
std::optional<std::string> host_port(std::string_view text);       ///< parse_host_port(), port > 0
std::optional<std::string> redis_address(std::string_view text);   ///< Or unix:/path.
std::optional<std::string> host_name(std::string_view text);       ///< As in a `Host` field.
std::optional<std::string> cidr(std::string_view text);            ///< IpPrefix
std::optional<std::string> url_path(std::string_view text);        ///< `/a/b`, no `/` at its end.
std::optional<std::string> mount_prefix(std::string_view text);    ///< As url_path().
std::optional<std::string> issuer(std::string_view text);          ///< RFC 8414 section 2
std::optional<std::string> https_url(std::string_view text);       ///< `https://…`
std::optional<std::string> file(std::string_view text);            ///< A path or `credential:NAME`
std::optional<std::string> directory(std::string_view text);       ///< An absolute path.
std::optional<std::string> country_code(std::string_view text);    ///< 1 to 3 digits.
std::optional<std::string> dialled_prefix(std::string_view text);  ///< 1 to 4 digits.
std::optional<std::string> number_range(std::string_view text);    ///< `+` and leading digits.
std::optional<std::string> purpose(std::string_view text);         ///< `dpv:…`
std::optional<std::string> redirect_uri(std::string_view text);    ///< RFC 6749 section 3.1.2
std::optional<std::string> secret_hash(std::string_view text);     ///< `sha256$salt$hash`
std::optional<std::string> client_id(std::string_view text);       ///< RFC 6749 appendix A.1
std::optional<std::string> coordinate(std::string_view text);      ///< 32 octets in base64url.

}  // namespace text_form

}  // namespace numproof
