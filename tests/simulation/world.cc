// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.h"

#include "daemon/auth/client_secret.h"
#include "daemon/domain/store_keys.h"
#include "daemon/sessions/address_record.h"
#include "tests/simulation/customer.h"
#include "tests/simulation/troubles.h"

namespace numproof::sim {
namespace {

constexpr std::size_t kNodes = 2;
constexpr Milliseconds kMargin{500};  ///< Clocks of nodes and gateways, and rounding.
constexpr Milliseconds kQuiet{2500};
constexpr int kCustomersMax = 200;

ClientSnapshot one_client(const Crypto& crypto) {
    Client app;
    app.id = "app";
    app.auth_methods = {ClientAuthMethod::client_secret_post};
    app.secret_hash = hash_client_secret(crypto, "salt", ClientSecret{"s3cret"});
    app.redirect_uris = {"https://app.example/cb"};
    app.scopes = ScopeSet{7};
    app.purposes = {"dpv:FraudPreventionAndDetection"};
    app.pkce = Client::Pkce::optional;
    ClientRegistry registry;
    registry.emplace(app.id, app);
    return std::make_shared<const ClientRegistry>(std::move(registry));
}

}  // namespace

World::World(std::uint64_t seed, bool verbose)
    : dice_(seed),
      report_(loop_, seed, verbose),
      crypto_(seed),
      truth_({
          .conflict_skew = figures_.rules.conflict_skew,
          .missed_interims = figures_.rules.missed_interims,
          .clock_margin = kMargin,
          .domains = figures_.domains,
      }),
      store_(loop_, clock_, dice_.ms(5, 2500)),
      core_(loop_, broker_, truth_, report_, Dice{seed + 1000}) {
    const Ground ground{
        .loop = loop_,
        .store = store_,
        .broker = broker_,
        .letters = letters_,
        .crypto = crypto_,
        .directory_keys = directory_keys_,
        .clients = one_client(crypto_),
        .report = report_};
    for (std::size_t i = 0; i < kNodes; ++i) {
        nodes_.push_back(
            std::make_unique<Node>(ground, figures_, "np-" + std::to_string(i), dice_.next())
        );
    }
}

void World::deal_partitions() {
    for (const auto& [at, partition] : broker_.partitions) {
        broker_.owners[at] = nodes_[dice_.pick(nodes_.size())]->member();
    }
}

void World::run(std::uint64_t events) {
    for (auto& node : nodes_) {
        node->start();
    }
    deal_partitions();
    spawn(core_.run());
    Troubles troubles{*this, dice_.next()};
    spawn(troubles.run());
    loop_.run_until(loop_.now() + Milliseconds{3000});
    while (report_.events < events) {
        if (customers_ < kCustomersMax) {
            send_customer();
        }
        loop_.run_until(loop_.now() + dice_.ms(1, 14));
    }
    ending_ = true;
    core_.rest();
    while (!troubles.over() || customers_ > 0) {
        loop_.run_until(loop_.now() + Milliseconds{100});
    }
    loop_.run_until(std::max(loop_.now(), condition_.troubled_until) + Milliseconds{4000});
    ask_for_everything();
    core_.stop();
    for (auto& node : nodes_) {
        node->stop();
    }
    while (!loop_.idle()) {
        loop_.run_until(loop_.now() + Milliseconds{1000});
    }
    for (const auto& reason : letters_.undeserved) {
        report_.violate("R4", "a good record became a dead letter: " + reason);
    }
}

void World::send_customer() {
    auto customer = std::make_shared<Customer>(*this, dice_.next());
    ++customers_;
    spawn([](std::shared_ptr<Customer> kept) -> Task<void> {
        co_await kept->visit();
    }(std::move(customer)));
}

// Everything was quiet for a while: what is held beyond doubt has to be named by every node.
void World::ask_for_everything() {
    for (const auto& held : core_.places()) {
        for (std::size_t node = 0; node < nodes_.size(); ++node) {
            auto customer = std::make_shared<Customer>(*this, dice_.next());
            const auto endpoint = PacketCore::endpoint_in(held, dice_);
            ++customers_;
            spawn(
                [](std::shared_ptr<Customer> kept, SourceEndpoint at, std::size_t on
                ) -> Task<void> {
                    co_await kept->only_sign_in(at, on);
                }(std::move(customer), endpoint, node)
            );
            loop_.run_until(loop_.now() + Milliseconds{1});
        }
    }
    while (customers_ > 0) {
        loop_.run_until(loop_.now() + Milliseconds{100});
    }
}

WallTime World::wall_at(MonoTime time) const {
    return kWallBegin + std::chrono::duration_cast<Milliseconds>(time - kMonoBegin);
}

Question World::question(const SourceEndpoint& source, MonoTime asked, MonoTime answered) const {
    const auto at = wall_at(asked);
    return {
        .address = source.address,
        .port = source.port,
        .asked = at,
        .from = at - figures_.limits.max_staleness - kMargin,
        .to = wall_at(answered) + kMargin};
}

// Exchanges the address or session records of two holders, or cuts them.
void World::touch_records(const HeldAddress& a, const HeldAddress& b, bool exchange) {
    const auto key_of = [this](const HeldAddress& held) {
        return store_keys::address(vault().in_generation(held.domain), record_prefix(held.prefix));
    };
    const auto first = key_of(a);
    const auto second = key_of(b);
    const bool done =
        first != second && (exchange ? store_.exchange(first, second) : store_.truncate(first));
    if (!done) {
        return;
    }
    report_.count(exchange ? "records exchanged" : "record cut");
    for (const auto& [held, key] : {std::pair{a, first}, std::pair{b, second}}) {
        const auto record = store_.primary().read({key}).front();
        condition_.tampered[record_prefix(held.prefix)] = {key, record ? record->revision : ""};
    }
}

// What the address's record says, for the story.
std::string World::stored_at(const IpAddress& address) {
    std::string text;
    for (const unsigned length : {32U, 48U, 56U, 64U}) {
        const auto key =
            store_keys::address(vault().in_generation("internet"), IpPrefix::of(address, length));
        const auto record = store_.primary().read({key}).front();
        const auto plain = record ? RecordSeal{vault()}.open(key, *record) : Result<Bytes>{""};
        const auto entries = plain ? parse_address_record(*plain) : Result<AddressRecord>{};
        text += record && !plain ? " (does not open)" : "";
        for (const auto& entry : entries.value_or(AddressRecord{})) {
            text += " [" + entry.prefix.to_text() + ":" + std::to_string(entry.ports.low) + " " +
                    std::to_string((entry.begin - kWallBegin).count()) +
                    (entry.forget_at ? " ended" : "") + "]";
        }
    }
    return text;
}

bool World::is_tampered(const IpAddress& address) const {
    return std::ranges::any_of(condition_.tampered, [&](const auto& touched) {
        return touched.first.contains(address);
    });
}

// True while what was put there still lies there.
bool World::still_tampered(const IpAddress& address) {
    return std::ranges::any_of(condition_.tampered, [&](const auto& touched) {
        const auto& [key, revision] = touched.second;
        const auto now = store_.primary().read({key}).front();
        return touched.first.contains(address) && now && now->revision == revision;
    });
}

std::string World::charged(const Finding& finding, const Question& q) const {
    if (is_tampered(q.address)) {
        return "R11";
    }
    const bool of_time = finding.rule == "R3" || finding.rule == "R5" || finding.rule == "R7";
    return of_time && broker_.oldest_unread() < q.from ? "R8" : finding.rule;
}

void World::judge_proof(
    const WatchedNumbers::Seen& seen, const SourceEndpoint& truly, const Node& node, bool forged
) {
    const bool refused = !seen.said || !*seen.said;
    const auto q = question(truly, seen.asked, refused ? loop_.now() : seen.answered);
    const auto* proven = refused ? nullptr : std::get_if<Proven>(&**seen.said);
    const std::string number = proven != nullptr ? std::string{proven->msisdn.reveal()} : "";
    const std::string word = refused ? "unavailable"
                             : proven != nullptr
                                 ? "proven"
                                 : std::string{name_of(std::get<Unproven>(**seen.said))};
    report_.count(word);
    report_.note("sign-in", word.size() + truly.port, [&] {
        return truly.address.to_text() + ":" + std::to_string(truly.port) + " on " + node.name() +
               ": " + word + " " + number;
    });
    const auto tell = [&](const std::string& rule, const std::string& why) {
        report_.violate(
            rule,
            word + " " + number + " for " + truly.address.to_text() + ":" +
                std::to_string(truly.port) + " on " + node.name() + ": " + why +
                "; stored:" + stored_at(truly.address)
        );
    };
    if (proven != nullptr) {
        judge_named(q, number, {.node = node, .asked = seen.asked, .forged = forged}, tell);
    } else if (!refused && std::get<Unproven>(**seen.said) == Unproven::off_network && !forged) {
        judge_nobody(q, tell);
    }
    judge_alive(q, seen, number, forged, tell);
}

void World::judge_named(
    const Question& q, const std::string& number, const Asker& asker, const Telling& tell
) {
    if (asker.node.clock.wrong_since(asker.asked)) {
        tell("R4", "the clocks of that node disagree");
        return;
    }
    // What was overwritten since it was touched has forgotten who else was there:
    // docs/simulation.md.
    const bool forgotten = is_tampered(q.address) && !still_tampered(q.address);
    if (condition_.evicted.contains(number) || forgotten) {
        return;
    }
    if (const auto finding = truth_.named(q, number)) {
        tell(asker.forged ? "R12" : charged(*finding, q), finding->why);
    }
}

void World::judge_nobody(const Question& q, const Telling& tell) {
    const auto finding = truth_.nobody(q);
    if (!finding) {
        return;
    }
    if (is_tampered(q.address)) {
        if (still_tampered(q.address)) {
            tell("R11", "its record was touched");
        }
        return;
    }
    tell(condition_.wiped ? "R10" : charged(*finding, q), finding->why);
}

void World::judge_alive(
    const Question& q,
    const WatchedNumbers::Seen& seen,
    const std::string& number,
    bool forged,
    const Telling& tell
) {
    if (forged || !well() || seen.asked < condition_.troubled_until || is_tampered(q.address)) {
        return;
    }
    const auto must = truth_.must_name(q, kQuiet);
    if (!must || condition_.evicted.contains(*must)) {
        return;
    }
    report_.count("certain holder");
    if (*must != number) {
        tell("alive", *must + " holds it beyond doubt");
    }
}

}  // namespace numproof::sim
