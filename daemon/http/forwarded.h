// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "daemon/base/result.h"
#include "daemon/domain/address.h"
#include "daemon/http/message.h"

namespace numproof::http {

/// Where `request` really comes from (rule R12).
///
/// A peer outside `trusted` is the source itself, whatever its fields say. Behind a trusted hop it
/// is the right-most address in `X-Forwarded-For`, or in `Forwarded` (RFC 7239), that is not a
/// trusted hop. Its port is the one beside the address, or in `X-Forwarded-Port` (a single value,
/// or one for each address); 0 when neither is there.
///
/// `malformed` when a trusted hop says nothing, or something that cannot be understood in exactly
/// one way (both fields, two ports, an obfuscated name): then the source is unknown. It is never
/// the hop.
[[nodiscard]] Result<SourceEndpoint> real_source(
    const Request& request, std::span<const IpPrefix> trusted
);

}  // namespace numproof::http
