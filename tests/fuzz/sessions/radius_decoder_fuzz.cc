// SPDX-License-Identifier: Apache-2.0
// Any octets give events or a reason (event_promises.h).
#include "daemon/sessions/radius_decoder.h"
#include "tests/fuzz/sessions/event_promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    check_decoder(decode_radius, {reinterpret_cast<const char*>(data), size});
    return 0;
}
