// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/sessions/record_decoder.h"

namespace numproof {

/// Reads one record of the dialect `nsmf` (docs/feeds.md): an NsmfEventExposureNotification
/// (3GPP TS 29.508), its events in their order. Events that say nothing about addresses are let
/// pass; one that does and cannot be used makes the record poison.
[[nodiscard]] Result<std::vector<SessionEvent>> decode_nsmf(
    const FeedRecord& record, const DecoderTerms& terms
);

}  // namespace numproof
