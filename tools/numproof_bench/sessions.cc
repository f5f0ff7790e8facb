// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>

#include "tools/numproof_bench/commands.h"
#include "tools/numproof_bench/session_publisher.h"

namespace numproof::bench {
namespace {

constexpr timespec kHeartbeatEvery{.tv_sec = 0, .tv_nsec = 250'000'000};

// SIGINT and SIGTERM end the heartbeats, nothing else. Made before there is any other thread.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    // Waits for `span`; true if a signal came.
    [[nodiscard]] bool came_within(const timespec& span) const {
        return sigtimedwait(&set_, nullptr, &span) > 0;
    }

private:
    sigset_t set_{};
};

Report report_of(std::uint64_t count, std::chrono::nanoseconds took) {
    Report report;
    report.name = "sessions";
    report.connections = 1;
    report.requests = count;
    report.good = count;
    report.seconds = std::chrono::duration<double>(took).count();
    report.answers["acknowledged"] = count;
    return report;
}

Result<void> keep_beating(
    SessionPublisher& publisher, const StopSignals& stop, const Clock& clock, Milliseconds span
) {
    const auto end = Deadline::after(clock.mono_now(), span);
    while (!end.passed(clock.mono_now()) && !stop.came_within(kHeartbeatEvery)) {
        if (auto beaten = publisher.beat(); !beaten) {
            return beaten;
        }
    }
    return {};
}

}  // namespace

Result<void> run_sessions(const SessionsOptions& options) {
    const StopSignals stop;
    auto ground = Ground::lay(options.config);
    if (!ground) {
        return pass_on(ground);
    }
    auto home = home_of((*ground)->settings().directory);
    if (!home) {
        return pass_on(home);
    }
    if (auto room = check_room(home->range, options.count); !room) {
        return room;
    }
    auto publisher = SessionPublisher::open(**ground, options);
    if (!publisher) {
        return pass_on(publisher);
    }
    const auto& clock = (*ground)->foundation().clock;
    const auto began = clock.mono_now();
    if (auto published = (*publisher)->publish(*home, options.count); !published) {
        return published;
    }
    std::fputs(to_json(report_of(options.count, clock.mono_now() - began)).c_str(), stdout);
    std::fflush(stdout);
    return keep_beating(**publisher, stop, clock, options.heartbeats);
}

}  // namespace numproof::bench
