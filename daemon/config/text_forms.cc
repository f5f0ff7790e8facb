// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/text_forms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "daemon/base/bytes.h"
#include "daemon/domain/address.h"

namespace numproof {
namespace {

using Complaint = std::optional<std::string>;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kAlphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kPathPunctuation = "/-._~!$&'()*+,;=:@%";
constexpr std::string_view kCredential = "credential:";
constexpr std::string_view kUnix = "unix:";

/// Everything that a text may be made of: two sets of characters and a length.
struct Alphabet {
    std::string_view letters;
    std::string_view punctuation;
    std::size_t length_max;
};

bool has(std::string_view text, char c) {
    return text.find(c) != std::string_view::npos;
}

bool made_of(std::string_view text, const Alphabet& alphabet) {
    return !text.empty() && text.size() <= alphabet.length_max &&
           std::ranges::all_of(text, [&alphabet](char c) {
               return has(alphabet.letters, c) || has(alphabet.punctuation, c);
           });
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet >= 0x20 && octet != 0x7f;
    });
}

Complaint unless(bool right, std::string_view complaint) {
    return right ? Complaint{} : Complaint{std::string{complaint}};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end) {
        return std::nullopt;
    }
    return port;
}

bool is_host_name(std::string_view text) {
    return made_of(text, {.letters = kAlphanumeric, .punctuation = "-._", .length_max = 253}) &&
           text.front() != '-' && text.front() != '.';
}

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "[::1]") {
        return true;
    }
    const auto address = IpAddress::parse(host);
    return address && address->to_text().starts_with("127.");
}

/// What stands between `://` and the path of a URL, without the port.
std::string_view host_of(std::string_view rest) {
    const auto authority = rest.substr(0, rest.find('/'));
    const auto end_of_literal = authority.find(']');
    const auto colon =
        authority.find(':', end_of_literal == std::string_view::npos ? 0 : end_of_literal);
    return authority.substr(0, colon);
}

bool is_url_rest(std::string_view rest) {
    const auto authority = rest.substr(0, rest.find('/'));
    const auto host = host_of(rest);
    const bool literal = host.starts_with('[') && host.ends_with(']') &&
                         IpAddress::parse(host.substr(1, host.size() - 2)).has_value();
    const auto port = authority.substr(host.size());
    const bool port_right = port.empty() || (port.size() > 1 && parse_port(port.substr(1)));
    const auto path = rest.substr(authority.size());
    return (literal || is_host_name(host)) && port_right &&
           (path.empty() ||
            made_of(
                path,
                {.letters = kAlphanumeric, .punctuation = kPathPunctuation, .length_max = 1024}
            ));
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    auto host = text.substr(0, colon);
    const auto port = parse_port(text.substr(colon + 1));
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    const bool right =
        bracketed ? has(host, ':') && IpAddress::parse(host).has_value() : is_host_name(host);
    if (!port || !right) {
        return std::nullopt;
    }
    return HostPort{.host = std::string{host}, .port = *port, .unix_path = {}};
}

std::optional<HostPort> parse_redis_address(std::string_view text) {
    return text.starts_with(kUnix) ? parse_listen_address(text) : parse_host_port(text);
}

std::optional<HostPort> parse_listen_address(std::string_view text) {
    if (text.starts_with(kUnix)) {
        const auto path = text.substr(kUnix.size());
        // sun_path has 108 octets with its end.
        if (!path.starts_with('/') || path.size() > 107 || !is_printable(path)) {
            return std::nullopt;
        }
        return HostPort{.host = {}, .port = 0, .unix_path = std::string{path}};
    }
    auto found = parse_host_port(text);
    if (!found || !IpAddress::parse(found->host)) {
        return std::nullopt;
    }
    return found;
}

namespace text_form {

Complaint any(std::string_view text) {
    return unless(
        !text.empty() && text.size() <= 1024 && is_printable(text),
        "must be 1 to 1024 printable characters"
    );
}

Complaint node_name(std::string_view text) {
    return unless(
        made_of(text, {.letters = kAlphanumeric, .punctuation = "._-", .length_max = 64}),
        "must be 1 to 64 of A-Z a-z 0-9 . _ -"
    );
}

Complaint topic(std::string_view text) {
    return unless(
        made_of(text, {.letters = kAlphanumeric, .punctuation = "._-", .length_max = 249}) &&
            text != "." && text != "..",
        "must be a topic name: 1 to 249 of A-Z a-z 0-9 . _ -"
    );
}

Complaint listen_address(std::string_view text) {
    return unless(
        parse_listen_address(text).has_value(),
        "must be an address with a port, as 192.0.2.1:9091 or [2001:db8::1]:9091, or unix:/path"
    );
}

Complaint host_port(std::string_view text) {
    const auto found = parse_host_port(text);
    return unless(
        found && found->port > 0,
        "must be a host with a port, as kafka-1.example.com:9092 or [2001:db8::1]:9092"
    );
}

Complaint redis_address(std::string_view text) {
    const auto found = parse_redis_address(text);
    return unless(
        found && (found->port > 0 || !found->unix_path.empty()),
        "must be a host with a port, as redis-1.example.com:6379 or [2001:db8::1]:6379, or "
        "unix:/path"
    );
}

Complaint host_name(std::string_view text) {
    const bool literal = text.starts_with('[') && text.ends_with(']') &&
                         IpAddress::parse(text.substr(1, text.size() - 2)).has_value();
    return unless(literal || is_host_name(text), "must be a host name without a port");
}

Complaint cidr(std::string_view text) {
    const auto prefix = IpPrefix::parse(text);
    if (prefix) {
        return std::nullopt;
    }
    if (prefix.error().detail == "bits are set after the prefix") {
        return "must be a network: bits are set after the prefix";
    }
    return "must be a network, as 10.0.0.0/8 or 2001:db8::/32";
}

Complaint url_path(std::string_view text) {
    return unless(
        text.starts_with('/') && !text.ends_with('/') &&
            text.find("//") == std::string_view::npos &&
            made_of(text, {.letters = kAlphanumeric, .punctuation = "/-._~", .length_max = 256}),
        "must be a path that starts with / and does not end with it"
    );
}

Complaint mount_prefix(std::string_view text) {
    return url_path(text);
}

Complaint issuer(std::string_view text) {
    if (text.starts_with("https://") && is_url_rest(text.substr(8)) && !text.ends_with('/')) {
        return std::nullopt;
    }
    const bool loopback = text.starts_with("http://") && is_url_rest(text.substr(7)) &&
                          !text.ends_with('/') && is_loopback(host_of(text.substr(7)));
    return unless(
        loopback,
        "must be an https URL without query, fragment or / at its end (http on loopback only)"
    );
}

Complaint https_url(std::string_view text) {
    return unless(
        text.starts_with("https://") && is_url_rest(text.substr(8)), "must be an https URL"
    );
}

Complaint file(std::string_view text) {
    if (text.starts_with(kCredential)) {
        return unless(
            !node_name(text.substr(kCredential.size())).has_value() &&
                !text.substr(kCredential.size()).starts_with('.'),
            "must name a systemd credential after credential:"
        );
    }
    return unless(
        text.starts_with('/') && text.size() <= 4095 && is_printable(text),
        "must be an absolute path, or credential:NAME for a systemd credential"
    );
}

Complaint directory(std::string_view text) {
    return unless(
        text.starts_with('/') && text.size() <= 4095 && is_printable(text),
        "must be an absolute path"
    );
}

Complaint country_code(std::string_view text) {
    return unless(
        made_of(text, {.letters = kDigits, .punctuation = {}, .length_max = 3}) &&
            text.front() != '0',
        "must be a country code: 1 to 3 digits, as \"34\""
    );
}

Complaint dialled_prefix(std::string_view text) {
    return unless(
        made_of(text, {.letters = kDigits, .punctuation = {}, .length_max = 4}),
        "must be a national prefix: 1 to 4 digits, as \"0\""
    );
}

Complaint number_range(std::string_view text) {
    return unless(
        text.size() >= 2 && text.front() == '+' && text[1] != '0' &&
            made_of(text.substr(1), {.letters = kDigits, .punctuation = {}, .length_max = 15}),
        "must be + and the digits that the numbers begin with, as \"+346\""
    );
}

Complaint purpose(std::string_view text) {
    return unless(
        text.starts_with("dpv:") &&
            made_of(
                text.substr(4), {.letters = kAlphanumeric, .punctuation = {}, .length_max = 100}
            ),
        "must be a purpose of the W3C Data Privacy Vocabulary, as dpv:FraudPreventionAndDetection"
    );
}

Complaint redirect_uri(std::string_view text) {
    constexpr std::array<std::string_view, 4> kDangerous{"javascript", "data", "file", "vbscript"};
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size() || text.size() > 2000) {
        return "must be an absolute URI";
    }
    const auto scheme = text.substr(0, colon);
    const bool scheme_right =
        made_of(scheme, {.letters = kAlphanumeric, .punctuation = "+-.", .length_max = 100}) &&
        !has(kDigits, scheme.front());
    const bool rest_right = made_of(
        text.substr(colon + 1),
        {.letters = kAlphanumeric, .punctuation = "/-._~!$&'()*+,;=:@%?[]#", .length_max = 2000}
    );
    if (!scheme_right || !rest_right || std::ranges::find(kDangerous, scheme) != kDangerous.end()) {
        return "must be an absolute URI";
    }
    return unless(!has(text, '#'), "must not have a fragment (RFC 6749 section 3.1.2)");
}

Complaint secret_hash(std::string_view text) {
    constexpr std::string_view kWanted =
        "must be a hash as `numproofctl client secret` writes it (sha256$...), never the secret";
    constexpr std::string_view kPrefix = "sha256$";
    const auto dollar = text.find('$', kPrefix.size());
    if (!text.starts_with(kPrefix) || dollar == std::string_view::npos) {
        return std::string{kWanted};
    }
    const auto salt = parse_base64url(text.substr(kPrefix.size(), dollar - kPrefix.size()));
    const auto hash = parse_base64url(text.substr(dollar + 1));
    return unless(salt && salt->size() >= 8 && hash && hash->size() == 32, kWanted);
}

Complaint client_id(std::string_view text) {
    return unless(
        made_of(text, {.letters = kAlphanumeric, .punctuation = "-._~:/@+", .length_max = 128}),
        "must be 1 to 128 of A-Z a-z 0-9 - . _ ~ : / @ +"
    );
}

Complaint coordinate(std::string_view text) {
    const auto octets = parse_base64url(text);
    return unless(octets && octets->size() == 32, "must be 32 octets in base64url without padding");
}

}  // namespace text_form

}  // namespace numproof
