// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/form.h"

#include <algorithm>

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

// Cuts everything up to the first `separator` off the front of `text`.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    const auto end = std::min(text.find(separator), text.size());
    const auto taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

}  // namespace

Result<std::string> decode_form_text(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        const auto octet = parse_hex(text.substr(i + 1, 2));
        if (!octet || octet->size() != 1) {
            return fail(ErrorCode::malformed, "% without two hexadecimal digits");
        }
        decoded += *octet;
        i += 2;
    }
    return decoded;
}

std::string encode_query_text(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        const auto octet = static_cast<std::uint8_t>(c);
        encoded.push_back('%');
        encoded.push_back(kHex[octet >> 4U]);
        encoded.push_back(kHex[octet & 15U]);
    }
    return encoded;
}

Result<Form> Form::parse(std::string_view text) {
    Form form;
    while (!text.empty()) {
        auto value = take_until(text, '&');
        if (value.empty()) {
            continue;
        }
        auto name = decode_form_text(take_until(value, '='));
        auto decoded = decode_form_text(value);
        if (!name || !decoded || form.parameters_.size() == kParametersMax) {
            return fail(ErrorCode::malformed, "not a form");
        }
        form.parameters_.emplace_back(std::move(*name), std::move(*decoded));
    }
    return form;
}

std::optional<std::string_view> Form::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : parameters_) {
        if (key == name && !value.empty()) {
            return value;
        }
    }
    return std::nullopt;
}

bool Form::repeats(std::string_view name) const noexcept {
    return std::ranges::count_if(parameters_, [name](const auto& parameter) {
               return parameter.first == name;
           }) > 1;
}

bool Form::has_repeats() const noexcept {
    return std::ranges::any_of(parameters_, [this](const auto& parameter) {
        return repeats(parameter.first);
    });
}

}  // namespace numproof
