// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/domain/store_keys.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/directory_writer.h"
#include "daemon/sessions/generation_keeper.h"
#include "daemon/sessions/generation_marker.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/map_record_store.h"
#include "tests/fakes/run_task.h"

namespace numproof {

/// A standing that is what the test says.
class ScriptedStanding final : public DirectoryStanding {
public:
    Standing standing = Standing::usable;

    [[nodiscard]] DirectoryBasis basis() const override {
        DirectoryBasis basis;
        basis.standing = standing;
        basis.incarnation = "life-1";
        return basis;
    }

    [[nodiscard]] Task<Result<Standing>> confirm(Deadline /*deadline*/) override {
        co_return standing;
    }
};

/// A directory on a map: events go in at one end, questions at the other.
class Directory {
public:
    Directory() {
        rules.lateness_max = std::chrono::hours{24};
        const GenerationRecord whole{
            .id = "g",
            .secret = SecretKey{std::string(32, 's')},
            .phase = GenerationRecord::Phase::whole,
            .partitions = {{"t", 1}}};
        const auto key = store_keys::generation();
        vault.adopt(whole.id, whole.secret);
        records.records.insert_or_assign(
            key,
            std::pair{
                sealed_marker(vault, whole),
                clock.mono_now() + std::chrono::hours{24 * 3650}}
        );
    }

    [[nodiscard]] Deadline deadline() const {
        return Deadline::after(clock.mono_now(), std::chrono::seconds{1});
    }

    [[nodiscard]] ApplyContext context() const {
        return {.now = clock.wall_now(), .tombstone_keep = rules.lateness_max};
    }

    Result<void> apply(std::vector<PlacedEvent> events) {
        DirectoryWriter writer{
            {.store = records, .clock = clock, .vault = vault, .counters = counters}, rules};
        return run_now(writer.apply(std::move(events), context(), deadline()));
    }

    Result<Proof> prove(const std::string& address, std::uint16_t port = 0) {
        DirectoryReader reader{
            {.store = records,
             .standing = standing,
             .clock = clock,
             .vault = vault,
             .counters = counters},
            rules,
            {{IpPrefix::parse("10.0.0.0/8").value(), "internet"},
             {IpPrefix::parse("10.9.0.0/16").value(), "corporate"},
             {IpPrefix::parse("2001:db8::/32").value(), "internet"}}};
        const SourceEndpoint source{.address = IpAddress::parse(address).value(), .port = port};
        return run_now(reader.prove(source, deadline()));
    }

    /// The number that `address` proves, else the name of the reason, else `error`.
    std::string ask(const std::string& address, std::uint16_t port = 0) {
        const auto proof = prove(address, port);
        if (!proof) {
            return "error";
        }
        if (const auto* proven = std::get_if<Proven>(&*proof)) {
            return std::string{proven->msisdn.reveal()};
        }
        return std::string{name_of(std::get<Unproven>(*proof))};
    }

    FakeClock clock;
    OpensslCrypto crypto;
    Vault vault{crypto, {name_key(crypto, SecretKey{std::string(32, 'k')})}};
    MapRecordStore records{clock};
    ScriptedStanding standing;
    DirectoryCounters counters;
    DirectoryRules rules;
};

/// `seconds` after the clock of the tests began, ten minutes before "now".
inline WallTime at_second(double seconds) {
    return wall_from_ms(1795341600000 - 600000 + static_cast<std::int64_t>(seconds * 1000));
}

/// Events in the order of one partition.
class Feed {
public:
    explicit Feed(std::uint32_t lane = 1) noexcept : lane_(lane) {}

    Feed& bind(double time, const std::string& session, const std::string& number) {
        SessionBind event;
        event.time = at_second(time);
        event.name = {.source = "smf-1", .session = session};
        if (!number.empty()) {
            event.msisdn = Msisdn::parse(number).value();
        }
        return push(event.time, std::move(event));
    }

    Feed& rebind(double time, const std::string& session) {
        bind(time, session, "");
        last_bind().extent = SessionBind::Extent::change;
        return *this;
    }

    /// Of the last bind.
    Feed& on(const std::string& prefix, PortRange ports = {}) {
        last_bind().held.push_back(held(prefix, ports));
        return *this;
    }

    Feed& without(const std::string& prefix) {
        last_bind().removed.push_back(held(prefix, {}));
        return *this;
    }

    Feed& imsi(const std::string& digits) {
        last_bind().imsi = Imsi::parse(digits).value();
        return *this;
    }

    Feed& over(Access access) {
        last_bind().access = access;
        return *this;
    }

    Feed& every(std::chrono::seconds interval) {
        last_bind().interim_interval = interval;
        return *this;
    }

    Feed& from(const std::string& source) {
        last_bind().name.source = source;
        return *this;
    }

    Feed& refresh(double time, const std::string& session) {
        return push(
            at_second(time),
            SessionRefresh{.time = at_second(time), .name = {.source = "smf-1", .session = session}}
        );
    }

    Feed& release(double time, const std::string& session) {
        SessionRelease event;
        event.time = at_second(time);
        event.name = {.source = "smf-1", .session = session};
        return push(event.time, std::move(event));
    }

    Feed& reset(double time, const std::string& source = "smf-1") {
        return push(at_second(time), GatewayReset{.time = at_second(time), .source = source});
    }

    Feed& books(
        double time,
        const std::string& imsi_digits,
        const std::string& number,
        SubscriberState state = SubscriberState::active
    ) {
        return push(
            at_second(time),
            SubscriberChange{
                .time = at_second(time),
                .imsi = Imsi::parse(imsi_digits).value(),
                .msisdn = Msisdn::parse(number).value(),
                .state = state}
        );
    }

    [[nodiscard]] const std::vector<PlacedEvent>& events() const noexcept { return events_; }

private:
    static HeldAddress held(const std::string& prefix, PortRange ports) {
        return {.domain = "internet", .prefix = IpPrefix::parse(prefix).value(), .ports = ports};
    }

    SessionBind& last_bind() { return std::get<SessionBind>(events_.back().event); }

    Feed& push(WallTime time, SessionEvent event) {
        const EventPosition at{.time = time, .lane = lane_, .offset = ++offset_};
        events_.push_back({.event = std::move(event), .at = at});
        return *this;
    }

    std::uint32_t lane_;
    std::int64_t offset_ = 0;
    std::vector<PlacedEvent> events_;
};

}  // namespace numproof
