// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/sessions/record_decoder.h"

namespace numproof {

/// Reads one record of the dialect `radius` (docs/feeds.md): a RADIUS Accounting-Request (RFC 2866)
/// as FreeRADIUS writes it in JSON. Accounting-On and -Off reset the gateway under each of its
/// names. Nothing follows from tunnel and failure records.
[[nodiscard]] Result<std::vector<SessionEvent>> decode_radius(
    const FeedRecord& record, const DecoderTerms& terms
);

}  // namespace numproof
