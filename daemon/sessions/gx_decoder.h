// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/sessions/record_decoder.h"

namespace numproof {

/// Reads one record of the dialect `gx` (docs/feeds.md): a Diameter Credit-Control-Request (RFC
/// 8506; 3GPP TS 29.212) as JSON, by the names of its AVPs. Nothing follows from an EVENT_REQUEST.
[[nodiscard]] Result<std::vector<SessionEvent>> decode_gx(
    const FeedRecord& record, const DecoderTerms& terms
);

}  // namespace numproof
