// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/session_records.h"

#include "daemon/base/json_writer.h"

namespace numproof::bench {
namespace {

constexpr std::string_view kGateway = "bench-smf";

void begin_event(JsonWriter& json, std::string_view op, WallTime time) {
    json.begin_object();
    json.key("op").text(op);
    json.key("time").number(epoch_ms(time));
    json.key("source").text(kGateway);
}

}  // namespace

SessionRecordText bind_of(const Home& home, std::uint64_t index, WallTime time) {
    const auto session = "bench-" + std::to_string(index);
    JsonWriter json;
    begin_event(json, "bind", time);
    json.key("session").text(session);
    json.key("msisdn").text(number_of(index));
    json.key("imsi").text(imsi_of(index));
    json.key("domain").text(home.domain);
    json.key("ipv4").text(address_of(home.range, index).to_text());
    json.key("access").text("3gpp");
    json.end_object();
    return {.key = session, .value = json.take()};
}

SessionRecordText heartbeat_of(WallTime time) {
    JsonWriter json;
    begin_event(json, "heartbeat", time);
    json.end_object();
    return {.key = std::string{kGateway}, .value = json.take()};
}

}  // namespace numproof::bench
