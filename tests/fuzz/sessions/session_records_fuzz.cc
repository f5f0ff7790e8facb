// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/base/check.h"
#include "daemon/sessions/address_record.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/sessions/gateway_record.h"
#include "daemon/sessions/session_record.h"
#include "daemon/sessions/subscriber_record.h"

namespace {

using numproof::WallTime;

/// The clock's differences to what stands in the store unsealed must be true, whatever stands
/// there.
void check_span(WallTime time) {
    const auto now = numproof::wall_from_ms(1795341600000);
    NP_CHECK((now - time > WallTime::duration::zero()) == (time < now));
}

void check_times(std::string_view stored) {
    if (const auto watermark = numproof::parse_watermark_record(stored)) {
        check_span(watermark->watermark);
    }
    if (const auto life = numproof::parse_life_record(stored)) {
        check_span(life->since);
    }
    if (const auto gateway = numproof::parse_gateway_record(stored)) {
        check_span(gateway->floor);
    }
}

/// What can be read reads the same after it was written again.
template <typename Parse>
void round_trip(Parse parse, std::string_view stored) {
    const auto record = parse(stored);
    if (record) {
        const auto again = parse(to_stored(*record));
        NP_CHECK(again.has_value() && *again == *record);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stored{reinterpret_cast<const char*>(data), size};
    check_times(stored);
    round_trip(numproof::parse_session_record, stored);
    round_trip(numproof::parse_address_record, stored);
    round_trip(numproof::parse_subscriber_record, stored);
    round_trip(numproof::parse_imsi_record, stored);
    round_trip(numproof::parse_gateway_record, stored);
    round_trip(numproof::parse_watermark_record, stored);
    if (const auto generation = numproof::parse_generation_record(stored)) {
        // A secret does not compare.
        const auto once = to_stored(*generation);
        const auto again = numproof::parse_generation_record(once);
        NP_CHECK(again.has_value() && to_stored(*again) == once);
    }
    round_trip(numproof::parse_life_record, stored);
    return 0;
}
