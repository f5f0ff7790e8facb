// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/radius_addresses.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "daemon/sessions/record_json.h"
#include "daemon/sessions/record_values.h"

namespace numproof::decoding {
namespace {

constexpr auto kV4 = IpAddress::Family::v4;
constexpr auto kV6 = IpAddress::Family::v6;

/// RFC 2865 section 5.8: "let the user choose", "let the NAS choose"; and none at all.
constexpr std::array<std::string_view, 3> kNoAddress{
    "255.255.255.255", "255.255.255.254", "0.0.0.0"};

/// Collects what is held in one domain.
class Collection {
public:
    Collection(const RadiusAttributes& attributes, const std::string& domain) noexcept
        : attributes_(attributes), domain_(domain) {}

    Result<RadiusAddresses> run() {
        for (auto step :
             {&Collection::add_ports,
              &Collection::add_ipv4,
              &Collection::add_ipv6_prefixes,
              &Collection::add_others,
              &Collection::add_routes}) {
            if (auto done = (this->*step)(); !done) {
                return pass_on(done);
            }
        }
        if (found_.held.size() + found_.returned.size() > kAddressesMax) {
            return poison("too_many_addresses");
        }
        return std::move(found_);
    }

private:
    void hold(std::vector<HeldAddress>& where, const IpPrefix& prefix, PortRange ports = {}) {
        decoding::hold(where, {.domain = domain_, .prefix = prefix, .ports = ports});
    }

    Result<std::vector<IpPrefix>> prefixes(
        std::string_view name, IpAddress::Family family, std::string_view reason
    ) const {
        const auto texts = attributes_.texts(name, reason);
        if (!texts) {
            return poison(reason);
        }
        std::vector<IpPrefix> all;
        for (const auto& text : *texts) {
            if (std::ranges::find(kNoAddress, text) != kNoAddress.end()) {
                continue;
            }
            const auto prefix = read_prefix(text, family, reason);
            if (!prefix) {
                return poison(reason);
            }
            all.push_back(*prefix);
        }
        return all;
    }

    // An address of which a block is named is shared: all of it is never held.
    Result<void> add_ipv4() {
        auto own = prefixes("Framed-IP-Address", kV4, "bad_ipv4");
        if (!own) {
            return pass_on(own);
        }
        for (const auto& prefix : *own) {
            const auto is_here = [&](const HeldAddress& held) { return held.prefix == prefix; };
            if (std::ranges::none_of(found_.held, is_here) &&
                std::ranges::none_of(found_.returned, is_here)) {
                hold(found_.held, prefix);
            }
        }
        return {};
    }

    Result<void> add_ipv6_prefixes() {
        auto own = prefixes("Framed-IPv6-Prefix", kV6, "bad_ipv6_prefix");
        if (!own) {
            return pass_on(own);
        }
        auto interface = interface_id();
        if (!interface) {
            return pass_on(interface);
        }
        for (const auto& prefix : *own) {
            hold(found_.held, prefix);
            if (*interface && prefix.length() <= 64) {
                hold(found_.held, joined(prefix, **interface));
            }
        }
        return {};
    }

    using InterfaceId = std::array<std::uint8_t, 8>;

    static IpPrefix joined(const IpPrefix& prefix, const InterfaceId& interface) {
        std::array<std::uint8_t, 16> octets{};
        std::ranges::copy(prefix.address().octets(), octets.begin());
        std::ranges::copy(interface, octets.begin() + 8);
        return IpPrefix::of(IpAddress::v6(octets), 128);
    }

    // Four groups of hexadecimal digits, like the lower half of an IPv6 address.
    Result<std::optional<InterfaceId>> interface_id() const {
        const auto text = attributes_.text("Framed-Interface-Id", "bad_interface_id");
        if (!text) {
            return poison("bad_interface_id");
        }
        if (!*text) {
            return std::nullopt;
        }
        const auto address = IpAddress::parse("2001:db8:0:0:" + **text);
        if (std::ranges::count(**text, ':') != 3 || !address || address->family() != kV6) {
            return poison("bad_interface_id");
        }
        InterfaceId id{};
        std::ranges::copy(address->octets().substr(8), id.begin());
        return id;
    }

    Result<void> add_others() {
        for (const auto* name : {"Framed-IPv6-Address", "Delegated-IPv6-Prefix"}) {
            auto own = prefixes(name, kV6, "bad_ipv6_prefix");
            if (!own) {
                return pass_on(own);
            }
            for (const auto& prefix : *own) {
                hold(found_.held, prefix);
            }
        }
        return {};
    }

    // A default route and the like say nothing about one device.
    Result<void> add_routes() {
        for (const auto family : {kV4, kV6}) {
            const auto* const name = family == kV4 ? "Framed-Route" : "Framed-IPv6-Route";
            const auto texts = attributes_.texts(name, "bad_framed_route");
            if (!texts) {
                return poison("bad_framed_route");
            }
            for (const auto& text : *texts) {
                const auto prefix = read_route(text, family);
                if (!prefix) {
                    return poison("bad_framed_route");
                }
                if (is_storable(*prefix)) {
                    hold(found_.held, *prefix);
                }
            }
        }
        return {};
    }

    Result<void> add_ports() {
        const auto groups = attributes_.port_groups();
        if (!groups) {
            return poison("bad_ports");
        }
        for (const auto& group : *groups) {
            const auto ports = ports_of(group);
            const auto prefix = external_of(group);
            const auto alloc = allocated(group);
            if (!ports || !prefix || !alloc) {
                return poison("bad_ports");
            }
            hold(*alloc ? found_.held : found_.returned, *prefix, *ports);
        }
        return {};
    }

    using Group = RadiusAttributes::Group;

    static std::optional<std::int64_t> number_of(const Group& group, std::string_view member) {
        const auto found = group.find(member);
        return found == group.end() ? std::nullopt : whole_number(found->second);
    }

    // The range of 241.6, the one external port of 241.7.
    static std::optional<PortRange> ports_of(const Group& group) {
        const auto port = number_of(group, "Ext-Port");
        const auto low = port ? port : number_of(group, "Range-Start");
        const auto high = port ? port : number_of(group, "Range-End");
        constexpr auto kMax = std::numeric_limits<std::uint16_t>::max();
        if (!low || !high || *low < 0 || *low > *high || *high > kMax) {
            return std::nullopt;
        }
        return PortRange{
            .low = static_cast<std::uint16_t>(*low), .high = static_cast<std::uint16_t>(*high)};
    }

    // Without an external address the block is one of the session's own address.
    [[nodiscard]] std::optional<IpPrefix> external_of(const Group& group) const {
        std::string text;
        if (const auto found = group.find("Ext-IPv4-Addr"); found != group.end()) {
            std::string_view written;
            if (found->second.get(written) != simdjson::SUCCESS) {
                return std::nullopt;
            }
            text = written;
        } else {
            auto own = attributes_.text("Framed-IP-Address", "bad_ipv4");
            if (!own || !*own) {
                return std::nullopt;
            }
            text = std::move(**own);
        }
        const auto prefix = read_prefix(text, kV4, "bad_ports");
        return prefix ? std::optional{*prefix} : std::nullopt;
    }

    // IP-Port-Alloc: 1 allocation, 2 deallocation. Nullopt: neither.
    static std::optional<bool> allocated(const Group& group) {
        const auto found = group.find("Alloc");
        if (found == group.end()) {
            return true;
        }
        std::string_view text;
        const auto number = whole_number(found->second);
        const bool is_text = !number && found->second.get(text) == simdjson::SUCCESS;
        if (number == 1 || (is_text && text == "Allocation")) {
            return true;
        }
        if (number == 2 || (is_text && text == "Deallocation")) {
            return false;
        }
        return std::nullopt;
    }

    const RadiusAttributes& attributes_;
    const std::string& domain_;
    RadiusAddresses found_;
};

unsigned class_length(const IpAddress& address) {
    const auto first = static_cast<unsigned char>(address.octets().front());
    if (first < 128) {
        return 8;
    }
    return first < 192 ? 16 : 24;
}

}  // namespace

Result<RadiusAddresses> read_radius_addresses(
    const RadiusAttributes& attributes, const std::string& domain
) {
    return Collection{attributes, domain}.run();
}

Result<IpPrefix> read_route(std::string_view text, IpAddress::Family family) {
    const auto network = text.substr(0, text.find(' '));
    auto prefix = IpPrefix::parse(network);
    if (!prefix || prefix->address().family() != family) {
        return poison("bad_framed_route");
    }
    if (family == kV4 && network.find('/') == network.npos) {
        return IpPrefix::parse(
            std::string{network} + "/" + std::to_string(class_length(prefix->address()))
        );
    }
    return *prefix;
}

}  // namespace numproof::decoding
