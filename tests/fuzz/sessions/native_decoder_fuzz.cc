// SPDX-License-Identifier: Apache-2.0
// Any octets give an event or a reason (event_promises.h).
#include "daemon/sessions/native_decoder.h"
#include "tests/fuzz/sessions/event_promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    check_decoder(
        [](const FeedRecord& record, const DecoderTerms& terms) {
            return native_decoder(terms)(record);
        },
        {reinterpret_cast<const char*>(data), size}
    );
    return 0;
}
