// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/node.h"
#include "tests/simulation/packet_core.h"
#include "tests/simulation/report.h"
#include "tests/simulation/toy_crypto.h"
#include "tests/simulation/truth.h"

namespace numproof::sim {

/// One simulated world: a network, a broker, a store, two nodes, customers and troubles. All that
/// happens in it follows from the seed.
class World {
public:
    World(std::uint64_t seed, bool verbose);

    /// Lets about `events` events happen, then all be well, and asks once more for everything.
    void run(std::uint64_t events);

    [[nodiscard]] Report& report() noexcept { return report_; }

private:
    friend class Customer;
    friend class Troubles;

    /// What is known of the state that the machines are in.
    struct Condition {
        MonoTime troubled_until = kMonoBegin + Milliseconds{6000};
        std::vector<WallTime> lives;    ///< When the store began another life.
        bool wiped = false;             ///< At least once.
        std::set<std::string> evicted;  ///< Numbers whose record was deleted.
        /// Where records were touched: key and revision that were put there.
        std::map<IpPrefix, std::pair<std::string, Bytes>> tampered;
    };

    using Telling = std::function<void(const std::string& rule, const std::string& why)>;

    struct Asker {
        const Node& node;
        MonoTime asked;
        bool forged = false;
    };

    void send_customer();
    void ask_for_everything();

    /// As the nodes that answer name things.
    [[nodiscard]] const Vault& vault() const { return nodes_.front()->vault; }

    void deal_partitions();

    [[nodiscard]] bool well() const { return loop_.now() >= condition_.troubled_until; }

    [[nodiscard]] Question question(const SourceEndpoint& source, MonoTime asked, MonoTime answered)
        const;
    [[nodiscard]] WallTime wall_at(MonoTime time) const;
    /// The rule that `finding` is charged to, seen what happened in this world.
    [[nodiscard]] std::string charged(const Finding& finding, const Question& q) const;
    void touch_records(const HeldAddress& a, const HeldAddress& b, bool exchange);
    [[nodiscard]] std::string stored_at(const IpAddress& address);
    [[nodiscard]] bool is_tampered(const IpAddress& address) const;
    [[nodiscard]] bool still_tampered(const IpAddress& address);

    /// Compares what was said of an address with the truth.
    void judge_proof(
        const WatchedNumbers::Seen& seen, const SourceEndpoint& truly, const Node& node, bool forged
    );
    void judge_named(
        const Question& q, const std::string& number, const Asker& asker, const Telling& tell
    );
    void judge_nobody(const Question& q, const Telling& tell);
    void judge_alive(
        const Question& q,
        const WatchedNumbers::Seen& seen,
        const std::string& number,
        bool forged,
        const Telling& tell
    );

    Dice dice_;
    VirtualLoop loop_;
    MachineClock clock_{loop_, Milliseconds{0}};
    Report report_;
    Figures figures_;
    ToyCrypto crypto_;
    KeyRing directory_keys_{name_key(crypto_, SecretKey{std::string(32, 'k')})};
    Truth truth_;
    Broker broker_{loop_};
    CountedLetters letters_{broker_};
    ReplicatedStore store_;
    std::vector<std::unique_ptr<Node>> nodes_;
    PacketCore core_;
    Condition condition_;
    int customers_ = 0;  ///< On their way.
    bool ending_ = false;
};

}  // namespace numproof::sim
