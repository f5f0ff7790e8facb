// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/json_writer.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace numproof {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::uint8_t octet(char c) noexcept {
    return static_cast<std::uint8_t>(c);
}

/// What the octets of a UTF-8 sequence must look like (Unicode, table 3-7).
struct Utf8Form {
    std::size_t size = 0;  ///< 0: `lead` begins no sequence.
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xBF;
};

Utf8Form utf8_form(std::uint8_t lead) noexcept {
    if (lead >= 0xC2 && lead <= 0xDF) {
        return {.size = 2};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const auto lowest = static_cast<std::uint8_t>(lead == 0xE0 ? 0xA0 : 0x80);
        const auto highest = static_cast<std::uint8_t>(lead == 0xED ? 0x9F : 0xBF);
        return {.size = 3, .second_min = lowest, .second_max = highest};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const auto lowest = static_cast<std::uint8_t>(lead == 0xF0 ? 0x90 : 0x80);
        const auto highest = static_cast<std::uint8_t>(lead == 0xF4 ? 0x8F : 0xBF);
        return {.size = 4, .second_min = lowest, .second_max = highest};
    }
    return {};
}

/// How many octets the sequence at the front of `rest` has; 0 if it is not UTF-8.
std::size_t utf8_size(std::string_view rest) noexcept {
    const auto form = utf8_form(octet(rest[0]));
    if (form.size == 0 || rest.size() < form.size) {
        return 0;
    }
    if (octet(rest[1]) < form.second_min || octet(rest[1]) > form.second_max) {
        return 0;
    }
    for (std::size_t i = 2; i < form.size; ++i) {
        if ((octet(rest[i]) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    return form.size;
}

/// Which octets stand for themselves in a string of JSON (RFC 8259 section 7).
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0x20; i < 0x80; ++i) {
        plain[i] = i != '"' && i != '\\';
    }
    return plain;
}();

std::size_t plain_size(std::string_view value) noexcept {
    std::size_t size = 0;
    while (size < value.size() && kPlain[octet(value[size])]) {
        ++size;
    }
    return size;
}

void append_control(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += "\\u00";
    out.push_back(kHex[octet(c) >> 4U]);
    out.push_back(kHex[octet(c) & 15U]);
}

void append_ascii(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    if (octet(c) < 0x20) {
        append_control(out, c);
    } else {
        out.push_back(c);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view value) {
    out.push_back('"');
    if (plain_size(value) == value.size()) {
        out.append(value).push_back('"');
        return;
    }
    while (!value.empty()) {
        if (const auto plain = plain_size(value)) {
            out.append(value, 0, plain);
            value.remove_prefix(plain);
        } else if (octet(value[0]) < 0x80) {
            append_ascii(out, value[0]);
            value.remove_prefix(1);
        } else {
            const auto size = utf8_size(value);
            out += size == 0 ? kReplacement : value.substr(0, size);
            value.remove_prefix(size == 0 ? 1 : size);
        }
    }
    out.push_back('"');
}

void JsonWriter::before_value() {
    if (comma_) {
        out_.push_back(',');
    }
    comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
    before_value();
    out_.push_back('{');
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_object() {
    out_.push_back('}');
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    before_value();
    out_.push_back('[');
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_array() {
    out_.push_back(']');
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    out_.append(comma_ ? ",\"" : "\"").append(name).append("\":");
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    before_value();
    append_json_string(out_, value);
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    before_value();
    std::array<char, 20> digits{};
    const auto* const end = std::to_chars(digits.begin(), digits.end(), value).ptr;
    out_.append(digits.begin(), static_cast<std::size_t>(end - digits.begin()));
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    before_value();
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    before_value();
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::text_or_null(std::string_view value) {
    return value.empty() ? null() : text(value);
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    before_value();
    out_ += json;
    return *this;
}

std::string JsonWriter::take() {
    comma_ = false;
    return std::exchange(out_, {});
}

}  // namespace numproof
