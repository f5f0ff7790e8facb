// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/sessions/address_record.h"
#include "daemon/sessions/directory_writer.h"
#include "daemon/sessions/gateway_record.h"
#include "daemon/sessions/session_record.h"
#include "daemon/sessions/subscriber_record.h"

namespace numproof {

/// What a batch wants of one session record, and what came of it.
struct SessionWork {
    SessionId id;
    GatewayId gateway;
    std::vector<const PlacedEvent*> events;
    SessionRecord record;         ///< After the last attempt.
    std::set<HeldPlace> touched;  ///< Likewise.
};

/// What a batch wants of one IMSI record, and what came of it.
struct ImsiWork {
    ImsiId id;
    std::vector<ImsiFact> facts;
    std::set<SubscriberId> seen;
    WallTime oldest = WallTime::max();
    ImsiRecord record;  ///< After the last attempt.
};

/// What a batch wants of one subscriber record: at least that it is there.
struct SubscriberWork {
    std::vector<SubscriberFact> facts;
    std::set<MetSim> met;
    WallTime oldest = WallTime::max();
};

/// The part of one session in an address record.
struct EntryWork {
    EntryScope scope;
    std::vector<AddressEntry> projected;
};

/// A batch, grouped by the records that it changes: each is read once and written once.
/// It refers to the events and outlives every change that it makes.
class BatchPlan {
public:
    BatchPlan(
        const DirectoryWriter::Parts& parts, const DirectoryRules& rules, ApplyContext context
    ) noexcept
        : parts_(parts), rules_(rules), context_(context), seal_(parts.vault) {}

    /// Notes what `events` need.
    void add(const std::vector<PlacedEvent>& events);

    /// Sessions, gateways and IMSIs: what is true whatever the other records say.
    [[nodiscard]] std::vector<RecordChange> first_changes();

    /// Addresses and subscribers: what follows from the first ones.
    [[nodiscard]] std::vector<RecordChange> second_changes();

private:
    void add(const PlacedEvent& placed, const SessionBind& event);
    void add(const PlacedEvent& placed, const SessionRefresh& event);
    void add(const PlacedEvent& placed, const SessionRelease& event);
    void add(const PlacedEvent& placed, const GatewayReset& event);
    void add(const PlacedEvent& placed, const SubscriberChange& event);
    void add(const PlacedEvent& placed, const Heartbeat& event);
    void add_to_session(const PlacedEvent& placed, const SessionName& name);
    SubscriberWork& subscriber(const SubscriberId& id, WallTime time);

    [[nodiscard]] std::optional<NewRecord> make_session(
        const std::string& key, SessionWork& work, const std::optional<Record>& current
    ) const;
    [[nodiscard]] std::optional<NewRecord> make_imsi(
        const std::string& key, ImsiWork& work, const std::optional<Record>& current
    ) const;
    [[nodiscard]] std::optional<NewRecord> make_gateway(
        const std::vector<EventPosition>& restarts, const std::optional<Record>& current
    ) const;
    [[nodiscard]] std::optional<NewRecord> make_subscriber(
        const std::string& key, const SubscriberWork& work, const std::optional<Record>& current
    ) const;
    [[nodiscard]] std::optional<NewRecord> make_address(
        const std::string& key,
        const std::vector<EntryWork>& work,
        const std::optional<Record>& current
    ) const;

    void plan_addresses();
    void plan_losses();
    [[nodiscard]] std::vector<AddressEntry> project(const SessionWork& work, const HeldPlace& place)
        const;

    /// The record's content, or nothing (and it is counted) when it does not open or decode.
    template <typename T>
    [[nodiscard]] std::optional<T> decode(Result<T> parsed) const;

    const DirectoryWriter::Parts& parts_;
    const DirectoryRules& rules_;
    ApplyContext context_;
    RecordSeal seal_;
    std::map<std::string, SessionWork> sessions_;
    std::map<std::string, std::vector<EventPosition>> gateways_;
    std::map<std::string, ImsiWork> imsis_;
    std::map<std::string, SubscriberWork> subscribers_;
    std::map<std::string, std::vector<EntryWork>> addresses_;
};

}  // namespace numproof
