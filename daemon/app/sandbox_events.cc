// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/sandbox_events.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

constexpr std::string_view kGateway = "sandbox-smf";
constexpr std::string_view kThreeGpp = "3gpp";

// One row of the sandbox: who holds which address.
struct Device {
    std::string_view session;
    std::string_view msisdn{};  // Empty: the event carries no number.
    std::string_view imsi;
    std::string_view ipv4{};         // Either this …
    std::string_view ipv6_prefix{};  // … or this.
    int port_low = 0;                // 0: the whole address.
    int port_high = 0;
    std::string_view access = kThreeGpp;
};

// 127.0.10.7 stands there twice on purpose: a conflict.
constexpr std::array kDevices{
    Device{
        .session = "1", .msisdn = "+34600000001", .imsi = "214010000000001", .ipv4 = "127.0.10.1"},
    Device{
        .session = "2", .msisdn = "+34600000002", .imsi = "214010000000002", .ipv4 = "127.0.10.2"},
    Device{
        .session = "3",
        .msisdn = "+34600000003",
        .imsi = "214010000000003",
        .ipv4 = "127.0.10.3",
        .port_low = 20000,
        .port_high = 29999},
    Device{
        .session = "4",
        .msisdn = "+34600000004",
        .imsi = "214010000000004",
        .ipv4 = "127.0.10.3",
        .port_low = 30000,
        .port_high = 39999},
    Device{
        .session = "5", .msisdn = "+34600000005", .imsi = "214010000000005", .ipv4 = "127.0.10.5"},
    Device{
        .session = "6",
        .msisdn = "+34600000006",
        .imsi = "214010000000006",
        .ipv4 = "127.0.10.6",
        .access = "non_3gpp"},
    Device{
        .session = "7", .msisdn = "+34600000007", .imsi = "214010000000007", .ipv4 = "127.0.10.7"},
    Device{
        .session = "17", .msisdn = "+34600000017", .imsi = "214010000000017", .ipv4 = "127.0.10.7"},
    Device{.session = "8", .imsi = "214010000000008", .ipv4 = "127.0.10.8"},
    Device{
        .session = "9",
        .msisdn = "+34600000009",
        .imsi = "214010000000009",
        .ipv6_prefix = "::1/128"},
};

constexpr std::string_view kReleasedSession = "5";

void begin_event(JsonWriter& json, std::string_view op, WallTime time) {
    json.begin_object();
    json.key("op").text(op);
    json.key("time").text(to_rfc3339(time));
    json.key("source").text(kGateway);
}

SandboxRecord bind_of(const Device& device, WallTime time) {
    JsonWriter json;
    begin_event(json, "bind", time);
    json.key("session").text(device.session);
    if (!device.msisdn.empty()) {
        json.key("msisdn").text(device.msisdn);
    }
    json.key("imsi").text(device.imsi);
    if (!device.ipv4.empty()) {
        json.key("ipv4").text(device.ipv4);
    } else {
        json.key("ipv6_prefix").text(device.ipv6_prefix);
    }
    if (device.port_low != 0) {
        json.key("ports").begin_array();
        json.number(device.port_low).number(device.port_high).end_array();
    }
    json.key("access").text(device.access).end_object();
    return {.key = std::string{device.session}, .value = json.take()};
}

SandboxRecord release_of(std::string_view session, WallTime time) {
    JsonWriter json;
    begin_event(json, "release", time);
    json.key("session").text(session).end_object();
    return {.key = std::string{session}, .value = json.take()};
}

}  // namespace

std::vector<SandboxRecord> sandbox_sessions(WallTime now) {
    std::vector<SandboxRecord> records;
    records.reserve(kDevices.size() + 1);
    for (const auto& device : kDevices) {
        records.push_back(bind_of(device, now));
    }
    records.push_back(release_of(kReleasedSession, now + Milliseconds{1}));
    return records;
}

SandboxRecord sandbox_heartbeat(WallTime now) {
    JsonWriter json;
    begin_event(json, "heartbeat", now);
    json.end_object();
    return {.key = std::string{kGateway}, .value = json.take()};
}

}  // namespace numproof
