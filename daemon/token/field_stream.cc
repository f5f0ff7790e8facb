// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/field_stream.h"

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::size_t kLengthOctets = 2;
constexpr std::size_t kIntegerOctets = 8;
constexpr std::size_t kTextMax = 0xffff;

void append_big_endian(Bytes& out, std::uint64_t value, std::size_t count) {
    for (std::size_t i = count; i > 0; --i) {
        out.push_back(static_cast<char>((value >> (8 * (i - 1))) & 0xffU));
    }
}

std::uint64_t big_endian(std::string_view octets) noexcept {
    std::uint64_t value = 0;
    for (const char c : octets) {
        value = (value << 8U) | static_cast<std::uint8_t>(c);
    }
    return value;
}

}  // namespace

void FieldWriter::text(std::string_view field) {
    NP_CHECK(field.size() <= kTextMax);
    append_big_endian(octets_, field.size(), kLengthOctets);
    octets_ += field;
}

void FieldWriter::integer(std::int64_t field) {
    append_big_endian(octets_, static_cast<std::uint64_t>(field), kIntegerOctets);
}

std::string_view FieldReader::text() noexcept {
    return take(static_cast<std::size_t>(big_endian(take(kLengthOctets))));
}

std::int64_t FieldReader::integer() noexcept {
    return static_cast<std::int64_t>(big_endian(take(kIntegerOctets)));
}

std::string_view FieldReader::take(std::size_t count) noexcept {
    if (count > left_.size()) {
        good_ = false;
        left_ = {};
        return {};
    }
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
}

}  // namespace numproof
