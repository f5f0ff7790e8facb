// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/subscribers.h"

#include <array>

namespace numproof::bench {
namespace {

constexpr std::uint64_t kFirstNumber = 34'700'000'000;
constexpr std::uint64_t kFirstImsi = 214'010'000'000'000;
constexpr unsigned kIpv4Bits = 32;

std::uint32_t as_integer(const IpAddress& address) {
    std::uint32_t value = 0;
    for (const char octet : address.octets()) {
        value = (value << 8U) | static_cast<std::uint8_t>(octet);
    }
    return value;
}

}  // namespace

std::string number_of(std::uint64_t index) {
    return "+" + std::to_string(kFirstNumber + index);
}

std::string imsi_of(std::uint64_t index) {
    return std::to_string(kFirstImsi + index);
}

IpAddress address_of(const IpPrefix& range, std::uint64_t index) {
    const auto value = as_integer(range.address()) + static_cast<std::uint32_t>(index) + 1;
    std::array<std::uint8_t, 4> octets{};
    for (unsigned i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
    return IpAddress::v4(octets);
}

Result<void> check_room(const IpPrefix& range, std::uint64_t count) {
    if (range.address().family() != IpAddress::Family::v4) {
        return fail(ErrorCode::invalid_value, range.to_text() + " is no IPv4 range");
    }
    // Neither the first nor the last address.
    const std::uint64_t room = (std::uint64_t{1} << (kIpv4Bits - range.length()));
    if (count + 2 > room) {
        return fail(
            ErrorCode::invalid_value,
            range.to_text() + " has no room for " + std::to_string(count) + " subscribers"
        );
    }
    return {};
}

Result<Home> home_of(const DirectorySettings& settings) {
    for (const auto& domain : settings.domains) {
        if (domain.name != settings.default_domain) {
            continue;
        }
        for (const auto& range : domain.devices) {
            if (range.address().family() == IpAddress::Family::v4) {
                return Home{.domain = domain.name, .range = range};
            }
        }
    }
    return fail(
        ErrorCode::invalid_configuration,
        "directory.domains: the default domain has no IPv4 range for made-up subscribers"
    );
}

}  // namespace numproof::bench
