// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/node.h"

namespace numproof::sim {

Figures::Figures() {
    rules.conflict_skew = Milliseconds{1000};
    rules.missed_interims = 3;
    rules.lateness_max = Milliseconds{20000};
    limits.max_staleness = Milliseconds{2000};
    domains = {
        {IpPrefix::parse("10.0.0.0/8").value(), "internet"},
        {IpPrefix::parse("10.9.0.0/16").value(), "corp"},
        {IpPrefix::parse("2001:db8::/32").value(), "internet"}};
    trusted_proxies = {IpPrefix::parse("192.0.2.0/24").value()};
}

Task<Result<Proof>> WatchedNumbers::prove(SourceEndpoint source, Deadline deadline) {
    const auto seen = std::exchange(next, nullptr);
    const auto asked = loop_.now();
    auto said = co_await inner_.prove(source, deadline);
    if (seen) {
        seen->source = source;
        seen->said = said;
        seen->asked = asked;
        seen->answered = loop_.now();
    }
    co_return said;
}

Task<Result<void>> NoAuditLog::append(AuditEntry /*entry*/, Deadline /*deadline*/) {
    co_return Result<void>{};
}

void StoryLog::write(const Message& message, std::initializer_list<LogField> fields) {
    report_.note("log", fields.size(), [&] {
        auto text = node_ + " " + std::string{message.id} + " " + std::string{message.text};
        for (const auto& [name, value] : fields) {
            text += " " + std::string{name} + "=" + value;
        }
        return text;
    });
}

Node::Node(Ground ground, const Figures& figures, std::string name, std::uint64_t seed)
    : clock(
          ground.loop,
          Dice{seed}.ms(-figures.clock_error_max.count(), figures.clock_error_max.count())
      ),
      vault(ground.crypto, ground.directory_keys),
      ground_(ground),
      figures_(figures),
      name_(std::move(name)),
      codec_(vault),
      log_(ground.report, name_),
      audit_keys_{name_key(ground.crypto, SecretKey{std::string(32, 'a')})},
      audit_(ground.crypto, audit_keys_, clock, audit_log_, {}, SpoolFailurePolicy::deny),
      limiter_({.rate = 1, .burst = 1}, 10),
      link(ground.loop, ground.store, seed),
      watch({.store = link, .clock = clock, .loop = ground.loop, .vault = vault}, figures.limits),
      reader(
          {.store = link, .standing = watch, .clock = clock, .vault = vault, .counters = counters},
          figures.rules,
          figures.domains
      ),
      numbers(reader, ground.loop),
      auth(auth_parts(), {.issuer = "https://idp.example.com", .token_life = figures.token_life}),
      verifier(verify_parts()) {}

AuthParts Node::auth_parts() {
    return {
        .codec = codec_,
        .vault = vault,
        .numbers = numbers,
        .standing = watch,
        .grants = link,
        .audit = audit_,
        .opener = opener_,
        .clock = clock,
        .metrics = auth_metrics_,
        .log = log_,
        .per_subscriber = nullptr,
        .clients = [this] { return ground_.clients; },
        .signer = [] { return std::shared_ptr<const TokenSigner>{}; }};
}

VerifyParts Node::verify_parts() {
    return {
        .codec = codec_,
        .vault = vault,
        .grants = link,
        .standing = watch,
        .audit = audit_,
        .clock = clock,
        .limiter = limiter_,
        .metrics = verify_metrics_,
        .log = log_,
        .clients = [this] { return ground_.clients; },
        .per_client = std::nullopt};
}

IngestOptions Node::ingest_options() const {
    IngestOptions options;
    const auto add = [&](const char* topic, Freshness freshness) {
        options.topics.push_back(
            {.topic = topic, .decode = ground_.broker.decoder(), .freshness = freshness}
        );
    };
    add("np.sessions", Freshness::heartbeat);
    add("np.radius", Freshness::traffic);
    add("np.books", Freshness::caught_up);
    add("np.buffer", Freshness::heartbeat);
    options.rules = figures_.rules;
    options.store_within = Milliseconds{500};
    options.retry_for = Milliseconds{4000};
    options.tend_every = Milliseconds{300};
    options.count_every = Milliseconds{5000};
    options.ahead_max = Milliseconds{1000};
    options.failover_margin = Milliseconds{4000};
    options.late_records = Milliseconds{10000};
    return options;
}

void Node::start() {
    spawn(watch.run());
    restart_ingest();
}

void Node::restart_ingest() {
    if (!feeds_.empty()) {
        feeds_.back()->crashed = true;
    }
    feeds_.push_back(std::make_unique<GroupFeed>(
        ground_.loop, ground_.broker, name_ + "-" + std::to_string(feeds_.size())
    ));
    ingest_vaults_.push_back(std::make_unique<Vault>(ground_.crypto, ground_.directory_keys));
    ingest_counters_.push_back(std::make_unique<IngestCounters>(clock));
    ingests_.push_back(std::make_unique<Ingest>(
        Ingest::Parts{
            .feed = *feeds_.back(),
            .dead_letters = ground_.letters,
            .store = link,
            .standing = watch,
            .clock = clock,
            .loop = ground_.loop,
            .vault = *ingest_vaults_.back(),
            .log = log_,
            .directory_counters = counters,
            .counters = *ingest_counters_.back()},
        ingest_options()
    ));
    spawn(ingests_.back()->run());
}

void Node::stop() {
    watch.stop();
    for (auto& ingest : ingests_) {
        ingest->stop();
    }
    for (auto& feed : feeds_) {
        feed->crashed = true;
    }
}

std::string Node::member() const {
    return name_ + "-" + std::to_string(feeds_.size() - 1);
}

}  // namespace numproof::sim
