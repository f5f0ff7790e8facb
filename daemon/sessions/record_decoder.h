// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/session_feed.h"
#include "daemon/sessions/numbering.h"

namespace numproof {

/// What decoders of every dialect need to know.
struct DecoderTerms {
    std::string default_domain = "internet";
    bool one_domain = false;  ///< No other than `default_domain`: all that names none is there.
    Numbering numbering;
};

/// The events of one record, in their order; none if it says nothing of interest. A failure means
/// poison: `detail` is a short stable word without any content of the record. Pure.
using RecordDecoder = std::function<Result<std::vector<SessionEvent>>(const FeedRecord&)>;

/// A larger record is poison in every dialect.
inline constexpr std::size_t kRecordBytesMax = 64UL * 1024;

/// Rule R4: an event may be ahead of its record's own timestamp by this much, no more.
inline constexpr Milliseconds kEventAheadMax = std::chrono::minutes{5};

}  // namespace numproof
