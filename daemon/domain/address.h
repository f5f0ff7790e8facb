// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof {

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is that IPv4 address.
class IpAddress {
public:
    enum class Family : std::uint8_t { v4, v6 };

    /// RFC 4291 or dotted-quad text without brackets, zone or leading zeros; else `malformed`.
    [[nodiscard]] static Result<IpAddress> parse(std::string_view text);

    /// From 4 octets in network order.
    [[nodiscard]] static IpAddress v4(std::array<std::uint8_t, 4> octets) noexcept;

    /// From 16 octets in network order.
    [[nodiscard]] static IpAddress v6(const std::array<std::uint8_t, 16>& octets) noexcept;

    [[nodiscard]] Family family() const noexcept { return family_; }

    /// 32 or 128.
    [[nodiscard]] unsigned bits() const noexcept { return family_ == Family::v4 ? 32 : 128; }

    /// 4 or 16 octets in network order.
    [[nodiscard]] std::string_view octets() const noexcept;

    /// This address with all bits after the first `length` set to zero.
    [[nodiscard]] IpAddress masked(unsigned length) const noexcept;

    /// RFC 5952 text.
    [[nodiscard]] std::string to_text() const;

    auto operator<=>(const IpAddress&) const = default;

private:
    Family family_ = Family::v4;
    std::array<std::uint8_t, 16> octets_{};
};

/// An address range in CIDR form; bits outside the prefix are zero.
class IpPrefix {
public:
    /// `address/length`, or a plain address for the whole of it. Host bits that are set are
    /// `malformed`, since they hide a mistake.
    [[nodiscard]] static Result<IpPrefix> parse(std::string_view text);

    /// The first `length` bits of `address`.
    [[nodiscard]] static IpPrefix of(const IpAddress& address, unsigned length) noexcept;

    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

    [[nodiscard]] const IpAddress& address() const noexcept { return address_; }

    [[nodiscard]] unsigned length() const noexcept { return length_; }

    /// `address/length`.
    [[nodiscard]] std::string to_text() const;

    auto operator<=>(const IpPrefix&) const = default;

private:
    IpPrefix(const IpAddress& address, unsigned length) noexcept
        : address_(address), length_(length) {}

    IpAddress address_;
    unsigned length_ = 0;
};

/// A closed range of transport ports: the block of a shared address that one subscriber has.
struct PortRange {
    std::uint16_t low = 0;
    std::uint16_t high = 65535;

    [[nodiscard]] constexpr bool whole() const noexcept { return low == 0 && high == 65535; }

    [[nodiscard]] constexpr bool contains(std::uint16_t port) const noexcept {
        return low <= port && port <= high;
    }

    [[nodiscard]] constexpr bool overlaps(const PortRange& other) const noexcept {
        return low <= other.high && other.low <= high;
    }

    [[nodiscard]] constexpr bool covers(const PortRange& other) const noexcept {
        return low <= other.low && other.high <= high;
    }

    auto operator<=>(const PortRange&) const = default;
};

/// Where a connection comes from, as the last trusted hop saw it. Port 0: not known.
struct SourceEndpoint {
    IpAddress address;
    std::uint16_t port = 0;

    bool operator==(const SourceEndpoint&) const = default;
};

}  // namespace numproof
