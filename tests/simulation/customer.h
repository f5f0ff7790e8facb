// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/world.h"

namespace numproof::sim {

/// One device that signs in, and the service provider that uses what comes of it. Everything that
/// is answered is compared with the truth.
class Customer {
public:
    Customer(World& world, std::uint64_t seed) : world_(world), dice_(seed) {}

    /// Signs in, exchanges the code, verifies: with luck. To be called once.
    [[nodiscard]] Task<void> visit();

    /// Signs in from `endpoint` on `node`, and nothing more.
    [[nodiscard]] Task<void> only_sign_in(SourceEndpoint endpoint, std::size_t node);

private:
    /// How a request reaches a node.
    struct Way {
        SourceEndpoint peer;
        std::string forwarded_for, forwarded_port;
        bool forged = false;
    };

    /// A token and all that is known of it.
    struct Token {
        std::string text;
        std::string name;  ///< In the store, hexadecimal.
        std::string number;
        WallTime proved_by;  ///< Of what is later than this the sign-in knew nothing.
        WallTime issued_from, issued_by;
        bool replayed = false;    ///< Its code was presented again.
        bool redirected = false;  ///< It was fetched from a device's address.
        int answers = 0;
        int attempts = 0;
        bool flawed = false;  ///< It was shown with a request that cannot be read.
    };

    /// One verification and what was known when it began.
    struct Attempt {
        std::string asked;
        MonoTime from;
        bool stepped = false;         ///< The node's clocks disagreed all the while.
        bool first = false;           ///< Of its token.
        bool record_missing = false;  ///< The number's record was not there all the while.
        bool from_device = false;     ///< It came from a device's address.
        std::string standing;         ///< Of the node's directory.
    };

    [[nodiscard]] Node& some_node();
    [[nodiscard]] Way way_of(const SourceEndpoint& endpoint);
    [[nodiscard]] Task<std::string> sign_in(SourceEndpoint endpoint, Node& node);
    [[nodiscard]] Task<bool> exchange(std::string code);
    [[nodiscard]] Task<void> use_token();
    [[nodiscard]] Task<void> race();
    [[nodiscard]] Task<void> verify();
    void disturb_between();
    void judge_answer(const http::Response& response, const Attempt& attempt);
    void judge_use(const Attempt& attempt, WallTime from);
    void judge_staleness(const Attempt& attempt, WallTime from);
    void judge_value(const Attempt& attempt, bool matched);
    void judge_refusal(const http::Response& response, const Attempt& attempt);
    [[nodiscard]] bool record_missing() const;
    [[nodiscard]] Deadline deadline() const;

    World& world_;
    Dice dice_;
    std::optional<std::string> proved_;
    WallTime proved_by_;
    Token token_;
    int racing_ = 0;
};

}  // namespace numproof::sim
