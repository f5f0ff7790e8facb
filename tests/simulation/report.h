// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/virtual_loop.h"

namespace numproof::sim {

/// A promise that was broken.
struct Violation {
    std::string rule;  ///< `R1` to `R13`, or `alive`: everything was well and nothing was proved.
    std::string text;
    std::uint64_t seed = 0;
};

/// What happened in a world: counted, hashed, and told in words when somebody listens.
class Report {
public:
    Report(const VirtualLoop& loop, std::uint64_t seed, bool verbose)
        : loop_(loop), seed_(seed), verbose_(verbose) {}

    /// Something happened. `tell()` gives the words; it is called only when somebody listens.
    template <typename Tell>
    void note(std::string_view kind, std::uint64_t number, Tell tell) {
        hash_ = scrambled(hash_ ^ number ^ kind.size()) + moment();
        if (verbose_) {
            lines_.push_back(stamp() + std::string{kind} + " " + tell());
            if (lines_.size() > kLines) {
                lines_.pop_front();
            }
        }
    }

    void count(std::string_view what) { ++counts_[std::string{what}]; }

    void violate(std::string rule, std::string text) {
        count("violation " + rule);
        if (violations_.size() < kViolations) {
            if (verbose_) {
                lines_.push_back(stamp() + "VIOLATION of " + rule + ": " + text);
                tail_.assign(lines_.begin(), lines_.end());
                verbose_ = false;
            }
            violations_.push_back({.rule = std::move(rule), .text = stamp() + text, .seed = seed_});
        }
    }

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

    [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

    [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

    /// What came before the first violation; only if somebody listened.
    [[nodiscard]] const std::vector<std::string>& tail() const { return tail_; }

    /// The newest lines; only if somebody listened.
    [[nodiscard]] const std::deque<std::string>& lines() const { return lines_; }

    std::uint64_t events = 0;  ///< Records of the network, requests of customers, troubles.

private:
    static constexpr std::size_t kLines = 20000;
    static constexpr std::size_t kViolations = 1000;

    [[nodiscard]] std::uint64_t moment() const {
        return static_cast<std::uint64_t>(loop_.now().time_since_epoch().count());
    }

    [[nodiscard]] std::string stamp() const {
        return std::to_string((loop_.wall() - kWallBegin).count()) + " ms: ";
    }

    const VirtualLoop& loop_;
    std::uint64_t seed_;
    bool verbose_;
    std::uint64_t hash_ = 0;
    std::map<std::string, std::uint64_t> counts_;
    std::vector<Violation> violations_;
    std::deque<std::string> lines_;
    std::vector<std::string> tail_;
};

}  // namespace numproof::sim
