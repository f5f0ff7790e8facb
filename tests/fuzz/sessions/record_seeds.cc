// SPDX-License-Identifier: Apache-2.0
// Records of every kind and shape in the form in which they are stored, as seeds of the fuzz target
// session_records.
//
//     np_record_seeds FOLDER           fails unless FOLDER holds just these octets under their
//     names np_record_seeds --write FOLDER   puts them there
//
// A seed that its own reader refuses, or reads as another record, is none, unless it is there to be
// refused: the run fails then. So a new stored form cannot leave a corpus behind that reaches
// nothing but refusals.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sessions/address_record.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/sessions/gateway_record.h"
#include "daemon/sessions/session_record.h"
#include "daemon/sessions/subscriber_record.h"

namespace numproof {
namespace {

constexpr std::int64_t kMs = 1795341600000;

struct Seed {
    std::string name;
    Bytes stored;
    bool is_right = false;
};

template <typename Record, typename Parse>
Seed seed(std::string name, const Record& record, Parse parse) {
    auto stored = to_stored(record);
    const auto again = parse(stored);
    return {.name = std::move(name), .stored = std::move(stored), .is_right = again == record};
}

/// What must never be read: it once was, and did harm.
template <typename Record, typename Parse>
Seed refused(std::string name, const Record& record, Parse parse) {
    auto stored = to_stored(record);
    const bool read = parse(stored).has_value();
    return {.name = std::move(name), .stored = std::move(stored), .is_right = !read};
}

WallTime at(std::int64_t ms) {
    return wall_from_ms(kMs + ms);
}

EventPosition event(std::int64_t ms, std::int64_t offset, std::uint32_t lane = 1) {
    return {.time = at(ms), .lane = lane, .offset = offset};
}

template <typename Id>
Id id(char octet) {
    return Id::parse(std::string(Id::kSize, octet)).value();
}

IpPrefix prefix(std::string_view text) {
    return IpPrefix::parse(text).value();
}

LaneMark mark(const EventPosition& position) {
    return {.lane = position.lane, .offset = position.offset, .time = position.time};
}

Holding holding(std::string_view text, const EventPosition& added) {
    return {
        .at = {.domain = "internet", .prefix = prefix(text), .ports = {}},
        .added = added,
        .forget_at = std::nullopt};
}

/// As nearly all are: one bind, an IPv4 address and an IPv6 prefix.
SessionRecord bound_session() {
    const auto bind = event(0, 7);
    SessionRecord record;
    record.version = static_cast<std::uint64_t>(kMs) + 1;
    record.gateway = id<GatewayId>('g');
    record.lanes = {mark(bind)};
    record.whole = bind;
    record.msisdn = {.value = Msisdn::parse("+34600000001").value(), .at = bind};
    record.imsi = {.value = Imsi::parse("214010000000001").value(), .at = bind};
    record.access = {.value = Access::three_gpp, .at = bind};
    record.last_seen = bind.time;
    record.held = {holding("10.45.0.7", bind), holding("2001:db8:45:7::/64", bind)};
    return record;
}

/// What may be there at all, and nothing of it from the bind.
SessionRecord full_session() {
    auto record = bound_session();
    const auto change = event(2'000, 9);
    const auto other = event(3'000, 4, 77);
    record.lanes.push_back(mark(other));
    record.change = change;
    record.end = other;
    record.msisdn.at = change;
    record.imsi.at = other;
    record.access = {.value = Access::non_three_gpp, .at = other};
    record.interim_interval = {.value = std::chrono::seconds{300}, .at = change};
    record.last_seen = at(3'000);
    record.held[0].at.ports = {.low = 20'000, .high = 29'999};
    record.held[1].added = change;
    record.held[1].forget_at = at(603'000);
    record.removed = {
        {.place = {.domain = "ims", .prefix = prefix("10.45.0.8")},
         .at = change,
         .forget_at = at(602'000)}};
    return record;
}

/// A release came before anything else.
SessionRecord tombstone() {
    SessionRecord record;
    record.version = 1;
    record.gateway = id<GatewayId>('g');
    record.lanes = {mark(event(0, 3))};
    record.end = event(0, 3);
    record.last_seen = at(0);
    return record;
}

AddressEntry entry(char session, std::string_view text, std::int64_t begin) {
    return {
        .session = id<SessionId>(session),
        .prefix = prefix(text),
        .ports = {},
        .begin = at(begin),
        .forget_at = std::nullopt,
        .version = static_cast<std::uint64_t>(kMs) + 5};
}

AddressRecord shared_address() {
    auto low = entry('a', "10.45.0.7", 0);
    low.ports = {.low = 20'000, .high = 29'999};
    auto high = entry('b', "10.45.0.7", 50);
    high.ports = {.low = 30'000, .high = 39'999};
    high.forget_at = at(600'000);
    return {low, high};
}

SubscriberFact fact(SubscriberFact::Kind kind, std::int64_t ms, SubscriberState state) {
    return {.at = event(ms, ms), .kind = kind, .state = state, .imsi = id<ImsiId>('i')};
}

SubscriberRecord full_subscriber() {
    using Kind = SubscriberFact::Kind;
    SubscriberRecord record;
    record.floor = kMs - 1'000;
    record.floor_state = SubscriberState::suspended;
    record.floor_imsi = id<ImsiId>('f');
    record.facts = {
        fact(Kind::books, 0, SubscriberState::active),
        fact(Kind::sim_changed, 1, SubscriberState::active),
        fact(Kind::lost, 2, SubscriberState::active),
        fact(Kind::books, 3, SubscriberState::deleted)};
    record.met = {
        {.since = at(-5), .sim = id<SimMark>('s')}, {.since = at(5), .sim = id<SimMark>('t')}};
    return record;
}

SubscriberRecord met_subscriber() {
    SubscriberRecord record;
    record.met = {{.since = at(0), .sim = id<SimMark>('s')}};
    return record;
}

ImsiRecord full_imsi() {
    return {
        .floor = at(-9'000),
        .facts =
            {{.at = event(0, 1), .msisdn = Msisdn::parse("+34600000001").value()},
             {.at = event(9, 2), .msisdn = Msisdn::parse("+4915112345678").value()}},
        .seen = {id<SubscriberId>('1'), id<SubscriberId>('2')}};
}

ImsiRecord seen_imsi() {
    ImsiRecord record;
    record.seen = {id<SubscriberId>('1')};
    return record;
}

WatermarkRecord watermark() {
    return {
        .generation = "gen-1",
        .incarnation = "0123456789abcdef/-1-00000000",
        .watermark = at(0),
        .next = 42,
        .anchor = 40,
        .usable = at(-200),
        .reader = "np1"};
}

SubscriberRecord subscriber_of_negative_floor() {
    auto record = full_subscriber();
    record.floor = -1;
    return record;
}

WatermarkRecord watermark_before_all_time() {
    auto record = watermark();
    record.watermark = WallTime::min();
    return record;
}

GatewayRecord restarted() {
    return {
        .floor = at(-60'000),
        .restarts = {
            {.lane = 1, .offset = 12, .time = at(0)}, {.lane = 4'000'000'000, .time = at(5)}}};
}

/// A secret does not compare, but its stored form does.
Seed generation_seed(std::string name, GenerationRecord::Phase phase) {
    GenerationRecord record;
    record.id = "gen-1";
    record.secret = SecretKey{std::string(32, 'k')};
    record.phase = phase;
    record.partitions = {{"numproof.sessions", 4}, {"numproof.books", 1}};
    auto stored = to_stored(record);
    const auto again = parse_generation_record(stored);
    const bool same = again && to_stored(*again) == stored;
    return {.name = std::move(name), .stored = std::move(stored), .is_right = same};
}

std::vector<Seed> all_seeds() {
    return {
        seed("session_bound", bound_session(), parse_session_record),
        seed("session_full", full_session(), parse_session_record),
        seed("session_tombstone", tombstone(), parse_session_record),
        seed("address_single", AddressRecord{entry('a', "10.45.0.7", 0)}, parse_address_record),
        seed("address_shared", shared_address(), parse_address_record),
        seed(
            "address_v6",
            AddressRecord{entry('a', "2001:db8::/56", 0), entry('b', "2001:db8::7/128", 9)},
            parse_address_record
        ),
        seed("address_empty", AddressRecord{}, parse_address_record),
        seed("subscriber_full", full_subscriber(), parse_subscriber_record),
        seed("subscriber_met", met_subscriber(), parse_subscriber_record),
        seed("imsi_full", full_imsi(), parse_imsi_record),
        seed("imsi_seen", seen_imsi(), parse_imsi_record),
        seed("gateway_restarted", restarted(), parse_gateway_record),
        seed("watermark_full", watermark(), parse_watermark_record),
        refused(
            "subscriber_with_a_floor_below_zero",
            subscriber_of_negative_floor(),
            parse_subscriber_record
        ),
        refused("watermark_before_all_time", watermark_before_all_time(), parse_watermark_record),
        generation_seed("generation_whole", GenerationRecord::Phase::whole),
        generation_seed("generation_building", GenerationRecord::Phase::building),
        seed(
            "life",
            LifeRecord{.incarnation = "0123456789abcdef/-1-00000000", .since = at(0)},
            parse_life_record
        )};
}

bool is_kept(const Seed& seed, const std::filesystem::path& folder) {
    std::ifstream file{folder / seed.name, std::ios::binary};
    return file && std::string{std::istreambuf_iterator<char>{file}, {}} == seed.stored;
}

bool write(const Seed& seed, const std::filesystem::path& folder) {
    std::ofstream{folder / seed.name, std::ios::binary} << seed.stored;
    return is_kept(seed, folder);
}

int run(const std::filesystem::path& folder, bool writes) {
    int failures = 0;
    for (const auto& seed : all_seeds()) {
        if (!seed.is_right) {
            std::cerr << seed.name << " is not read as it should be\n";
            ++failures;
        } else if (!(writes ? write(seed, folder) : is_kept(seed, folder))) {
            std::cerr << seed.name << " is not what is stored now: np_record_seeds --write "
                      << folder.string() << '\n';
            ++failures;
        }
    }
    return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace numproof

int main(int argc, char** argv) {
    const std::vector<std::string_view> words{argv + 1, argv + argc};
    const bool writes = words.size() == 2 && words[0] == "--write";
    if (!writes && words.size() != 1) {
        std::cerr << "usage: np_record_seeds [--write] FOLDER\n";
        return 64;
    }
    return numproof::run(words.back(), writes);
}
