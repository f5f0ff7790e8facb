// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/session_event.h"
#include "daemon/sessions/radius_attributes.h"

namespace numproof::decoding {

/// What a RADIUS packet says about a session's addresses.
struct RadiusAddresses {
    std::vector<HeldAddress> held;
    std::vector<HeldAddress> returned;  ///< Port blocks that were deallocated.
};

/// Framed-IP-Address, Framed-IPv6-Prefix (with Framed-Interface-Id also the address that it makes),
/// Framed-IPv6-Address, Delegated-IPv6-Prefix, Framed-Route, Framed-IPv6-Route and the port blocks
/// of RFC 8045. bad_ipv4, bad_ipv6_prefix, bad_interface_id, bad_framed_route, bad_ports,
/// too_many_addresses.
[[nodiscard]] Result<RadiusAddresses> read_radius_addresses(
    const RadiusAttributes& attributes, const std::string& domain
);

/// The network of a Framed-Route (RFC 2865 section 5.22) or Framed-IPv6-Route (RFC 3162 section
/// 2.5): what stands before the gateway; an IPv4 network without a length has that of its class.
[[nodiscard]] Result<IpPrefix> read_route(std::string_view text, IpAddress::Family family);

}  // namespace numproof::decoding
