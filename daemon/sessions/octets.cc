// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/octets.h"

#include <algorithm>
#include <limits>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::int64_t kFarthest = 10'000LL * 366 * 24 * 3600 * 1000;
constexpr std::size_t kDigitsMax = 29;

// The length of an IPv6 prefix is this much more than it is; 0 to 32 are those of IPv4.
constexpr std::uint64_t kV6Lengths = 33;

// How a position is like another.
constexpr std::uint64_t kSame = 0;
constexpr std::uint64_t kSameLane = 1;
constexpr std::uint64_t kOtherLane = 2;

}  // namespace

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
    const bool v4 = value.address().family() == IpAddress::Family::v4;
    return number(value.length() + (v4 ? 0 : kV6Lengths)).raw(value.address().octets());
}

OctetWriter& OctetWriter::position_near(const EventPosition& base, const EventPosition& value) {
    if (value == base) {
        return number(kSame);
    }
    number(value.lane == base.lane ? kSameLane : kOtherLane);
    integer(epoch_ms(value.time) - epoch_ms(base.time));
    if (value.lane != base.lane) {
        return number(value.lane).integer(value.offset);
    }
    return integer(value.offset - base.offset);
}

OctetWriter& OctetWriter::raw(std::string_view value) {
    octets_.append(value);
    return *this;
}

// The first octet says how many digits follow; an odd number is filled up with a zero.
OctetWriter& OctetWriter::digits(std::string_view value) {
    NP_CHECK(value.size() <= kDigitsMax);
    octets_.push_back(static_cast<char>(value.size()));
    for (std::size_t i = 0; i < value.size(); i += 2) {
        const auto high = static_cast<unsigned>(value[i] - '0');
        const auto low = i + 1 < value.size() ? static_cast<unsigned>(value[i + 1] - '0') : 0U;
        octets_.push_back(static_cast<char>((high << 4U) | low));
    }
    return *this;
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
    return raw(number());
}

WallTime OctetReader::time() {
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
    const auto code = number();
    const bool short_one = code < kV6Lengths;
    const auto length = short_one ? code : code - kV6Lengths;
    const auto octets = raw(short_one ? 4 : 16);
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

EventPosition OctetReader::position_near(const EventPosition& base) {
    const auto kind = number();
    if (kind == kSame) {
        return base;
    }
    EventPosition value;
    value.time = time_near(base.time);
    value.lane = base.lane;
    if (kind == kSameLane) {
        value.offset = sum(base.offset, integer());
    } else if (kind == kOtherLane) {
        const auto lane = number();
        value.lane = static_cast<std::uint32_t>(lane);
        value.offset = integer();
        good_ = good_ && lane <= std::numeric_limits<std::uint32_t>::max();
    } else {
        good_ = false;
    }
    return value;
}

WallTime OctetReader::time_near(WallTime base) {
    const auto ms = sum(epoch_ms(base), integer());
    if (ms < -kFarthest || ms > kFarthest) {
        good_ = false;
        return {};
    }
    return wall_from_ms(ms);
}

std::int64_t OctetReader::sum(std::int64_t a, std::int64_t b) {
    std::int64_t value = 0;
    if (__builtin_add_overflow(a, b, &value)) {
        good_ = false;
        return 0;
    }
    return value;
}

std::string_view OctetReader::raw(std::size_t size) {
    if (!good_ || size > left_.size()) {
        good_ = false;
        return {};
    }
    const auto value = left_.substr(0, size);
    left_.remove_prefix(size);
    return value;
}

std::string OctetReader::digits() {
    const auto size = raw(1);
    const auto count = size.empty() ? 0U : static_cast<unsigned char>(size.front());
    std::string value;
    for (const char pair : raw((count + 1) / 2)) {
        const auto octet = static_cast<unsigned char>(pair);
        good_ = good_ && (octet >> 4U) <= 9 && (octet & 0xFU) <= 9;
        value.push_back(static_cast<char>('0' + (octet >> 4U)));
        value.push_back(static_cast<char>('0' + (octet & 0xFU)));
    }
    if (count % 2 == 1 && !value.empty()) {
        good_ = good_ && value.back() == '0';
        value.pop_back();
    }
    return good_ ? value : std::string{};
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
