// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/octets.h"

#include <algorithm>
#include <limits>

namespace numproof {

OctetWriter& OctetWriter::number(std::uint64_t value) {
    while (value >= 0x80) {
        octets_.push_back(static_cast<char>((value & 0x7F) | 0x80));
        value >>= 7;
    }
    octets_.push_back(static_cast<char>(value));
    return *this;
}

OctetWriter& OctetWriter::integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

OctetWriter& OctetWriter::text(std::string_view value) {
    number(value.size());
    octets_.append(value);
    return *this;
}

OctetWriter& OctetWriter::position(const EventPosition& value) {
    return time(value.time).number(value.lane).integer(value.offset);
}

OctetWriter& OctetWriter::prefix(const IpPrefix& value) {
    return text(value.address().octets()).number(value.length());
}

std::uint64_t OctetReader::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; good_ && shift < 64; shift += 7) {
        if (left_.empty()) {
            break;
        }
        const auto octet = static_cast<unsigned char>(left_.front());
        left_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(octet & 0x7F) << shift;
        if ((octet & 0x80) == 0) {
            return value;
        }
    }
    good_ = false;
    return 0;
}

std::int64_t OctetReader::integer() {
    const auto bits = number();
    return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
}

std::string_view OctetReader::text() {
    const auto size = number();
    if (!good_ || size > left_.size()) {
        good_ = false;
        return {};
    }
    const auto value = left_.substr(0, size);
    left_.remove_prefix(size);
    return value;
}

WallTime OctetReader::time() {
    constexpr std::int64_t kFarthest = 10'000LL * 366 * 24 * 3600 * 1000;
    const auto ms = integer();
    if (ms < -kFarthest || ms > kFarthest) {
        good_ = false;
        return {};
    }
    return wall_from_ms(ms);
}

EventPosition OctetReader::position() {
    EventPosition value;
    value.time = time();
    const auto lane = number();
    value.offset = integer();
    if (lane > std::numeric_limits<std::uint32_t>::max()) {
        good_ = false;
        return {};
    }
    value.lane = static_cast<std::uint32_t>(lane);
    return value;
}

IpPrefix OctetReader::prefix() {
    const auto octets = text();
    const auto length = number();
    IpAddress address;
    if (octets.size() == 4) {
        std::array<std::uint8_t, 4> v4{};
        std::copy_n(octets.begin(), 4, reinterpret_cast<char*>(v4.data()));
        address = IpAddress::v4(v4);
    } else if (octets.size() == 16) {
        std::array<std::uint8_t, 16> v6{};
        std::copy_n(octets.begin(), 16, reinterpret_cast<char*>(v6.data()));
        address = IpAddress::v6(v6);
    } else {
        good_ = false;
    }
    if (length > address.bits() || address.masked(static_cast<unsigned>(length)) != address) {
        good_ = false;
    }
    return IpPrefix::of(address, static_cast<unsigned>(std::min<std::uint64_t>(length, 128)));
}

std::size_t OctetReader::count() {
    const auto value = number();
    if (value > left_.size()) {
        good_ = false;
        return 0;
    }
    return value;
}

}  // namespace numproof
