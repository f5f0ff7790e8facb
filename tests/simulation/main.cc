// SPDX-License-Identifier: Apache-2.0
// Runs simulated worlds and says what was broken in them:
//     np_simulation [--seed N] [--events N] [--world-events N] [--until RULE] [--verbose] [--twice]
//                   [--coverage]
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/simulation/coverage.h"
#include "tests/simulation/world.h"

namespace numproof::sim {
namespace {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t events = 100000;
    std::uint64_t world_events = 20000;  ///< Each world ends after about so many.
    std::string until;                   ///< No more worlds once this rule was violated.
    bool verbose = false;
    bool twice = false;     ///< Every world a second time: it has to go the same way.
    bool coverage = false;  ///< What never happened is a failure.
    bool good = true;       ///< The command line could be read.
};

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

Options read_options(const std::vector<std::string_view>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto value = i + 1 < words.size() ? words[i + 1] : std::string_view{};
        if (words[i] == "--verbose") {
            options.verbose = true;
        } else if (words[i] == "--twice") {
            options.twice = true;
        } else if (words[i] == "--coverage") {
            options.coverage = true;
        } else if (words[i] == "--until") {
            options.until = value;
            ++i;
        } else if (words[i] == "--seed") {
            options.good = read_number(value, options.seed) && options.good;
            ++i;
        } else if (words[i] == "--events") {
            options.good = read_number(value, options.events) && options.good;
            ++i;
        } else if (words[i] == "--world-events") {
            options.good = read_number(value, options.world_events) && options.good;
            ++i;
        } else {
            options.good = false;
        }
    }
    return options;
}

/// What came of all worlds.
struct Outcome {
    std::uint64_t events = 0;
    std::uint64_t worlds = 0;
    std::map<std::string, std::uint64_t> counts;
    std::vector<Violation> violations;
    bool same = true;
};

void add(Outcome& all, Report& report) {
    all.events += report.events;
    ++all.worlds;
    for (const auto& [what, count] : report.counts()) {
        all.counts[what] += count;
    }
    const auto& violations = report.violations();
    all.violations.insert(all.violations.end(), violations.begin(), violations.end());
}

void print_lines(const Report& report) {
    for (const auto& line : report.lines()) {
        fmt::print("{}\n", line);
    }
}

Outcome run(const Options& options) {
    Outcome all;
    const auto enough = [&] {
        return all.events >= options.events || all.counts.contains("violation " + options.until);
    };
    for (auto seed = options.seed; !enough(); ++seed) {
        const auto wanted = std::min(options.world_events, options.events - all.events);
        World world{seed, options.verbose};
        world.run(wanted);
        add(all, world.report());
        if (options.verbose) {
            print_lines(world.report());
        }
        if (options.twice) {
            World again{seed, false};
            again.run(wanted);
            if (again.report().hash() != world.report().hash()) {
                fmt::print("world {} went another way the second time\n", seed);
                all.same = false;
            }
        }
    }
    return all;
}

/// The way to the first violation, told by the same world once more.
void retell(const Violation& violation, std::uint64_t world_events) {
    constexpr std::size_t kShown = 60;
    World world{violation.seed, true};
    world.run(world_events);
    const auto& tail = world.report().tail();
    const auto from = tail.size() > kShown ? tail.size() - kShown : 0;
    for (auto i = from; i < tail.size(); ++i) {
        fmt::print("    {}\n", tail[i]);
    }
}

void print_violations(const Outcome& all, const Options& options) {
    std::map<std::string, std::uint64_t> by_rule;
    constexpr std::uint64_t kShownOfRule = 3;
    for (const auto& violation : all.violations) {
        if (++by_rule[violation.rule] <= kShownOfRule) {
            fmt::print("VIOLATION {} seed {} {}\n", violation.rule, violation.seed, violation.text);
        }
    }
    for (const auto& [rule, count] : by_rule) {
        fmt::print("violated: {} {} times\n", rule, count);
    }
    if (!all.violations.empty()) {
        const auto& first = all.violations.front();
        fmt::print(
            "replay: np_simulation --seed {} --events {} --world-events {} --verbose\n",
            first.seed,
            options.world_events,
            options.world_events
        );
        if (options.until.empty()) {
            retell(first, options.world_events);
        }
    }
}

int report(const Outcome& all, const Options& options, double seconds) {
    for (const auto& [what, count] : all.counts) {
        fmt::print("{:>9} {}\n", count, what);
    }
    fmt::print(
        "{} events in {} worlds, {:.1f} s: {:.0f} events/s\n",
        all.events,
        all.worlds,
        seconds,
        static_cast<double>(all.events) / seconds
    );
    print_violations(all, options);
    const auto missing =
        options.coverage ? missing_coverage(all.counts) : std::vector<std::string>{};
    for (const auto& what : missing) {
        fmt::print("COVERAGE {}\n", what);
    }
    return all.violations.empty() && missing.empty() && all.same ? 0 : 1;
}

}  // namespace
}  // namespace numproof::sim

int main(int argc, char** argv) {
    using Clock = std::chrono::steady_clock;
    const std::vector<std::string_view> words{argv + 1, argv + argc};
    const auto options = numproof::sim::read_options(words);
    if (!options.good) {
        fmt::print(
            stderr,
            "usage: np_simulation [--seed N] [--events N] [--world-events N] [--until RULE] "
            "[--verbose] [--twice] [--coverage]\n"
        );
        return 64;
    }
    const auto begun = Clock::now();
    const auto outcome = numproof::sim::run(options);
    const std::chrono::duration<double> took = Clock::now() - begun;
    return numproof::sim::report(outcome, options, took.count());
}
