// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/message.h"

#include <algorithm>

namespace numproof::http {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::field(std::string_view name) const noexcept {
    for (const auto& field : fields) {
        if (equal_ignoring_case(field.name, name)) {
            return field.value;
        }
    }
    return std::nullopt;
}

std::size_t Request::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(fields, [name](const Field& field) {
        return equal_ignoring_case(field.name, name);
    }));
}

int status_of(Refusal refusal) noexcept {
    switch (refusal) {
        case Refusal::malformed:
            return 400;
        case Refusal::timeout:
            return 408;
        case Refusal::length_required:
            return 411;
        case Refusal::body_too_large:
            return 413;
        case Refusal::uri_too_long:
            return 414;
        case Refusal::expectation_failed:
            return 417;
        case Refusal::misdirected:
            return 421;
        case Refusal::head_too_large:
            return 431;
        case Refusal::overloaded:
            return 503;
        case Refusal::version_not_supported:
            return 505;
    }
    return 400;
}

}  // namespace numproof::http
