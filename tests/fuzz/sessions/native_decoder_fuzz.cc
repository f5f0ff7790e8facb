// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "daemon/base/check.h"
#include "daemon/sessions/native_decoder.h"

/// Any octets give an event or a reason: a short word without content of the record.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const numproof::FeedRecord record{
        .at = {},
        .timestamp = numproof::wall_from_ms(1795341600000),
        .key = {},
        .value = std::string{reinterpret_cast<const char*>(data), size}};
    const auto event = numproof::decode_native(record, numproof::DecoderTerms{});
    if (!event) {
        const auto& reason = event.error().detail;
        NP_CHECK(!reason.empty() && reason.size() <= 32);
        NP_CHECK(reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == reason.npos);
    } else if (const auto* bind = std::get_if<numproof::SessionBind>(&*event)) {
        NP_CHECK(bind->time <= record.timestamp + numproof::kEventAheadMax);
        for (const auto& held : bind->held) {
            NP_CHECK(held.ports.low <= held.ports.high && held.prefix.length() >= 32);
        }
    }
    return 0;
}
