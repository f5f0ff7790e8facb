// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/sessions/record_decoder.h"

namespace numproof {

/// Reads one record of the dialect `native` (docs/events.md): a JSON object with `op`. Fields that
/// it does not know are let pass; everything else that does not fit is refused, with `malformed`
/// or `invalid_value` and the reason as detail.
[[nodiscard]] Result<SessionEvent> decode_native(
    const FeedRecord& record, const DecoderTerms& terms
);

/// decode_native() as a RecordDecoder.
[[nodiscard]] RecordDecoder native_decoder(DecoderTerms terms);

}  // namespace numproof
