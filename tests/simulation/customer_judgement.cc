// SPDX-License-Identifier: Apache-2.0
// What must be true of the answers that a token gets.
#include "tests/simulation/customer.h"

namespace numproof::sim {
namespace {

constexpr Milliseconds kSlack{600};  ///< For clocks of nodes that differ.

}  // namespace

void Customer::judge_answer(const http::Response& response, const Attempt& attempt) {
    auto& report = world_.report_;
    const auto from = world_.wall_at(attempt.from);
    report.note("verify", static_cast<std::uint64_t>(response.status), [&] {
        return token_.number + " asked " + attempt.asked + ": " + std::to_string(response.status) +
               " " + response.body;
    });
    if (response.status != 200) {
        report.count("verify refused");
        judge_refusal(response, attempt);
        return;
    }
    judge_use(attempt, from);
    judge_staleness(attempt, from);
    const bool matched = response.body.find("true") != std::string::npos;
    report.count(matched ? "true" : "false");
    judge_value(attempt, matched);
}

// Rules R13, R4 and R1: once, in time, by a machine that knows what time it is.
void Customer::judge_use(const Attempt& attempt, WallTime from) {
    auto& report = world_.report_;
    ++token_.answers;
    if (token_.answers > 1) {
        report.violate("R13", "a token gave " + std::to_string(token_.answers) + " answers");
    }
    if (token_.replayed) {
        report.violate("R13", "a token of a code that was presented twice gave an answer");
    }
    for (const auto life : world_.condition_.lives) {
        if (token_.issued_by + kSlack < life && life < from) {
            report.violate("R13", "a token older than the store's life gave an answer");
            break;
        }
    }
    if (from > token_.issued_by + world_.figures_.token_life + kSlack) {
        report.violate("R4", "a token gave an answer after its time");
    }
    if (attempt.stepped) {
        report.violate("R4", "a node whose clocks disagree gave an answer");
    }
    if (attempt.record_missing) {
        report.violate("R1", "an answer for a number whose record is missing");
    }
    if (world_.store_.sealed_instead.contains(token_.name)) {
        report.violate("R11", "a token with another one's sealed part gave an answer");
    }
}

// Rules R3 and R8.
void Customer::judge_staleness(const Attempt& attempt, WallTime from) {
    const auto certain = from - world_.figures_.limits.max_staleness - kSlack;
    const bool evicted = world_.condition_.evicted.contains(token_.number);
    if (!evicted && world_.truth_.changed(token_.number, token_.proved_by, certain)) {
        const bool unread = world_.broker_.oldest_unread() < certain;
        world_.report_.violate(
            attempt.stepped ? "R4"
            : unread        ? "R8"
                            : "R3",
            "an answer for " + token_.number + " after it changed hands or state"
        );
    }
}

// Rules R1 and R2: what was proved at sign-in, and nothing else.
void Customer::judge_value(const Attempt& attempt, bool matched) {
    const bool expected = attempt.asked == token_.number;
    if (matched == expected || world_.store_.sealed_instead.contains(token_.name)) {
        return;
    }
    const bool looked = token_.redirected || attempt.from_device;
    world_.report_.violate(
        looked ? "R2" : "R1",
        std::string{matched ? "true" : "false"} + " for " + attempt.asked + ", proved was " +
            token_.number
    );
}

// A good token that is shown for the first time while all is well is good for an answer.
void Customer::judge_refusal(const http::Response& response, const Attempt& attempt) {
    const auto& condition = world_.condition_;
    const auto since = token_.proved_by - world_.figures_.limits.max_staleness - 2 * kSlack;
    const bool in_time =
        world_.loop_.wall() + kSlack < token_.issued_from + world_.figures_.token_life;
    const bool untouched = !condition.evicted.contains(token_.number) && !token_.replayed &&
                           !world_.store_.sealed_instead.contains(token_.name) &&
                           !world_.truth_.mentioned(token_.number, since);
    if (!world_.well() || attempt.from < condition.troubled_until || !attempt.first ||
        racing_ > 0 || token_.attempts > 1 || !in_time || !untouched) {
        return;
    }
    world_.report_.violate(
        token_.flawed ? "R13" : "alive",
        "a good token was refused: " + std::to_string(response.status) + " " + attempt.standing
    );
}

}  // namespace numproof::sim
