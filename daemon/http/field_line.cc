// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/field_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/http/octets.h"

namespace numproof::http {
namespace {

constexpr std::array<std::pair<std::string_view, KnownField>, 7> kKnown{{
    {"host", KnownField::host},
    {"content-length", KnownField::content_length},
    {"transfer-encoding", KnownField::transfer_encoding},
    {"connection", KnownField::connection},
    {"expect", KnownField::expect},
    {"authorization", KnownField::authorization},
    {"content-type", KnownField::content_type},
}};

bool is_port(std::string_view text) noexcept {
    return text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

/// Where the port's colon is, or the end.
std::size_t end_of_host(std::string_view value) noexcept {
    const auto from = value.starts_with('[') ? value.find(']') : 0;
    return std::min(value.size(), value.find(':', from));
}

bool is_ip_literal(std::string_view host) noexcept {
    return host.size() > 2 && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
               std::string_view::npos;
}

}  // namespace

std::optional<Field> parse_field_line(std::string_view line) noexcept {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return std::nullopt;
    }
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_line_text(value)) {
        return std::nullopt;
    }
    return Field{.name = line.substr(0, colon), .value = value};
}

KnownField known_field(std::string_view name) noexcept {
    for (const auto& [known, field] : kKnown) {
        if (known.size() == name.size() && equal_ignoring_case(known, name)) {
            return field;
        }
    }
    return KnownField::other;
}

bool is_host(std::string_view value) noexcept {
    if (value.starts_with('[') && value.find(']') == std::string_view::npos) {
        return false;
    }
    const auto end = end_of_host(value);
    const auto host = value.substr(0, end);
    const auto port = value.substr(std::min(value.size(), end + 1));
    return is_port(port) && (host.starts_with('[') ? is_ip_literal(host) : is_host_name(host));
}

std::string_view host_without_port(std::string_view value) noexcept {
    return value.substr(0, end_of_host(value));
}

bool list_contains(std::string_view list, std::string_view name) noexcept {
    while (!list.empty()) {
        const auto comma = std::min(list.size(), list.find(','));
        if (equal_ignoring_case(trimmed(list.substr(0, comma)), name)) {
            return true;
        }
        list.remove_prefix(std::min(list.size(), comma + 1));
    }
    return false;
}

}  // namespace numproof::http
