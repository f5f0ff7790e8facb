// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/address.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace numproof {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > 45) {
        return fail(ErrorCode::malformed, "not an IP address");
    }
    const std::string terminated{text};
    if (std::array<std::uint8_t, 4> octets{};
        inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) {
        return v4(octets);
    }
    if (std::array<std::uint8_t, 16> octets{};
        inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) {
        return v6(octets);
    }
    return fail(ErrorCode::malformed, "not an IP address");
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> octets) noexcept {
    IpAddress address;
    address.family_ = Family::v4;
    std::ranges::copy(octets, address.octets_.begin());
    return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets) noexcept {
    if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets.begin())) {
        return v4({octets[12], octets[13], octets[14], octets[15]});
    }
    IpAddress address;
    address.family_ = Family::v6;
    address.octets_ = octets;
    return address;
}

std::string_view IpAddress::octets() const noexcept {
    return {reinterpret_cast<const char*>(octets_.data()), bits() / 8};
}

IpAddress IpAddress::masked(unsigned length) const noexcept {
    IpAddress address = *this;
    for (unsigned bit = 0; bit < 128; bit += 8) {
        const unsigned kept = length > bit ? std::min(8U, length - bit) : 0U;
        address.octets_[bit / 8] &= static_cast<std::uint8_t>(0xFF00U >> kept);
    }
    return address;
}

std::string IpAddress::to_text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = family_ == Family::v4 ? AF_INET : AF_INET6;
    inet_ntop(family, octets_.data(), text.data(), text.size());
    return text.data();
}

Result<IpPrefix> IpPrefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) {
        return fail(ErrorCode::malformed, "not an IP prefix");
    }
    unsigned length = address->bits();
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto* const end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, length);
        if (digits.empty() || read.ec != std::errc{} || read.ptr != end ||
            length > address->bits()) {
            return fail(ErrorCode::malformed, "not a prefix length");
        }
    }
    if (address->masked(length) != *address) {
        return fail(ErrorCode::malformed, "bits are set after the prefix");
    }
    return IpPrefix{*address, length};
}

IpPrefix IpPrefix::of(const IpAddress& address, unsigned length) noexcept {
    const unsigned kept = std::min(length, address.bits());
    return IpPrefix{address.masked(kept), kept};
}

bool IpPrefix::contains(const IpAddress& address) const noexcept {
    return address.family() == address_.family() && address.masked(length_) == address_;
}

std::string IpPrefix::to_text() const {
    return address_.to_text() + "/" + std::to_string(length_);
}

}  // namespace numproof
