// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/auth/auth_endpoints.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/ingest.h"
#include "daemon/sessions/standing_watch.h"
#include "daemon/verify/verifier.h"
#include "tests/fakes/fake_jose.h"
#include "tests/simulation/feed_group.h"
#include "tests/simulation/report.h"
#include "tests/simulation/store_link.h"

namespace numproof::sim {

/// The figures of a world: as in production, only shorter, so that every time limit is met.
struct Figures {
    DirectoryRules rules;
    StandingLimits limits;
    Milliseconds token_life{6000};
    Milliseconds clock_error_max{200};
    RoutingDomains domains;
    std::vector<IpPrefix> trusted_proxies;

    Figures();
};

/// A number source that lets the simulator see what it says.
class WatchedNumbers final : public NumberSource {
public:
    /// What was asked and said on behalf of one customer.
    struct Seen {
        std::optional<SourceEndpoint> source;
        std::optional<Result<Proof>> said;
        MonoTime asked, answered;
    };

    WatchedNumbers(NumberSource& inner, const VirtualLoop& loop) : inner_(inner), loop_(loop) {}

    [[nodiscard]] Task<Result<Proof>> prove(SourceEndpoint source, Deadline deadline) override;

    /// The next call is noted there; set just before the request that leads to it.
    std::shared_ptr<Seen> next;

private:
    NumberSource& inner_;
    const VirtualLoop& loop_;
};

/// Audit events go nowhere: they have tests of their own.
class NoAuditLog final : public AuditLog {
public:
    [[nodiscard]] Task<Result<void>> append(AuditEntry entry, Deadline deadline) override;
};

/// What the product logs goes into the story of the world.
class StoryLog final : public Log {
public:
    StoryLog(Report& report, std::string node) : report_(report), node_(std::move(node)) {}

    void write(const Message& message, std::initializer_list<LogField> fields) override;

private:
    Report& report_;
    std::string node_;
};

/// What all nodes of a world share.
struct Ground {
    VirtualLoop& loop;
    ReplicatedStore& store;
    Broker& broker;
    DeadLetters& letters;
    const Crypto& crypto;
    const KeyRing& directory_keys;
    ClientSnapshot clients;
    Report& report;
};

/// One machine with the whole product on it but HTTP, Redis and Kafka themselves.
class Node {
public:
    MachineClock clock;
    Vault vault;  ///< For sign-ins and verifications.

private:
    Ground ground_;
    const Figures& figures_;
    std::string name_;
    TokenCodec codec_;
    StoryLog log_;
    NoAuditLog audit_log_;
    KeyRing audit_keys_;
    AuditTrail audit_;
    AuthMetrics auth_metrics_;
    VerifyMetrics verify_metrics_;
    RateLimiter limiter_;
    FakeTokenOpener opener_;

public:
    Node(Ground ground, const Figures& figures, std::string name, std::uint64_t seed);

    /// Begins to watch and to read.
    void start();

    /// The ingest process dies, as far as others can see, and another one takes its place.
    void restart_ingest();

    /// Ends all that runs, within some seconds.
    void stop();

    StoreLink link;
    StandingWatch watch;
    DirectoryCounters counters;
    DirectoryReader reader;
    WatchedNumbers numbers;
    AuthEndpoints auth;
    Verifier verifier;

    [[nodiscard]] GroupFeed& feed() { return *feeds_.back(); }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// How the feed of the newest ingest process is called in the group.
    [[nodiscard]] std::string member() const;

private:
    [[nodiscard]] AuthParts auth_parts();
    [[nodiscard]] VerifyParts verify_parts();
    [[nodiscard]] IngestOptions ingest_options() const;

    std::vector<std::unique_ptr<GroupFeed>> feeds_;
    std::vector<std::unique_ptr<Vault>> ingest_vaults_;
    std::vector<std::unique_ptr<IngestCounters>> ingest_counters_;
    std::vector<std::unique_ptr<Ingest>> ingests_;
};

}  // namespace numproof::sim
