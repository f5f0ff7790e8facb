// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "daemon/app/exit_codes.h"
#include "daemon/app/node.h"
#include "daemon/app/version.h"
#include "daemon/audit/audit_events.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kTendEvery{100};
constexpr Milliseconds kBeatWithin{10'000};
constexpr Milliseconds kShipWithin{30'000};
constexpr Milliseconds kPollWithin{60'000};
constexpr Milliseconds kDrainWithin{15'000};
constexpr Milliseconds kShipAtEnd{5'000};

// Most starts are ready sooner, and callers wait longer than this.
constexpr Milliseconds kKeepWaiting{6'000};

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) {
        all += (all.empty() ? "" : ", ") + text;
    }
    return all;
}

}  // namespace

int Node::run() {
    for (auto& socket : admin_sockets_) {
        NP_CHECK(admin_->serve(std::move(socket)).has_value());
    }
    signals_ = std::make_unique<NodeSignals>(
        loop_.base(),
        NodeSignals::Calls{
            .stop = [this] { begin_drain(); }, .reload = [this] { reload_->from_signal(); }}
    );
    start_threads();
    watch_threads();
    foundation_.log->write(messages::started, {{"version", kVersion}});
    if (kind_ == Kind::sandbox) {
        std::fputs(sandbox_banner(foundation_.edition->settings).c_str(), stdout);
        std::fflush(stdout);
    }
    spawn(note_start());
    directories_.start();
    spawn(tend());
    loop_.run();
    directories_.close();
    foundation_.log->write(messages::stopped, {});
    return exit_code_;
}

void Node::start_threads() {
    audit_->start();
    for (auto& worker : workers_) {
        worker->start();
    }
    if (ingest_) {
        ingest_->start();
    }
    if (sandbox_core_) {
        sandbox_core_->start();
    }
    if (topic_survey_) {
        topic_survey_->start();
    }
    accept_callers();
}

/// Who connected while nobody served waits a moment more for an answer better than "not yet".
void Node::accept_callers() {
    const bool early = foundation_.clock.mono_now() - began_ < kKeepWaiting;
    if (accepting_ || foundation_.draining || (kept_sockets_ && !announced_ && early)) {
        return;
    }
    accepting_ = true;
    for (auto& worker : workers_) {
        worker->accept_callers();
    }
}

void Node::watch_threads() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        auto& worker = *workers_[i];
        pulse_.watch(
            {.name = "worker " + std::to_string(i),
             .beats = [&worker] { return worker.beats(); },
             .within = kBeatWithin}
        );
    }
    pulse_.watch(
        {.name = "spool", .beats = [this] { return audit_->spool_beats(); }, .within = kBeatWithin}
    );
    pulse_.watch(
        {.name = "shipper",
         .beats = [this] { return audit_->shipper_beats(); },
         .within = kShipWithin}
    );
    if (ingest_) {
        pulse_.watch(
            {.name = "ingest", .beats = [this] { return ingest_->beats(); }, .within = kBeatWithin}
        );
        const auto polls = [this] {
            return static_cast<std::uint64_t>(ingest_->last_poll().time_since_epoch().count());
        };
        pulse_.watch({.name = "kafka", .beats = polls, .within = kPollWithin});
    }
}

Task<void> Node::note_start() {
    const ConfigEvent event{
        .time = foundation_.clock.wall_now(),
        .config_hash = foundation_.edition->config_hash,
        .version = kVersion,
        .node = foundation_.edition->settings.node.name,
        .cause = "start"};
    auto entry = entry_of(event);
    const auto deadline = Deadline::after(foundation_.clock.mono_now(), kBeatWithin);
    // A spool that cannot be written shows in readiness and in every answer.
    [[maybe_unused]] const auto kept = co_await audit_log_->append(std::move(entry), deadline);
}

Task<void> Node::tend() {
    for (;;) {
        co_await loop_.sleep(kTendEvery);
        tend_once();
    }
}

void Node::tend_once() {
    feed_watchdog();
    if (const auto refusal = directories_.current()->stores.refusal();
        refusal && !announced_ && !foundation_.draining) {
        foundation_.log->write(messages::refused_for_good, {{"reason", *refusal}});
        exit_code_ = kExitUnavailable;
        begin_drain();
    }
    const bool reads = ingest_ && !renewal_->changes_ingest() && !foundation_.draining;
    if (reads && ingest_->refused()) {
        exit_code_ = kExitUnavailable;  // The feed has said why.
        begin_drain();
    }
    if (reads && ingest_->left()) {
        exit_code_ = kExitUnavailable;  // It lacks a key, and has said which.
        begin_drain();
    }
    if (ingest_ && heap_care_.due(ingest_->records(), foundation_.clock.mono_now())) {
        give_back_heap();
    }
    directories_.sweep();
    note_readiness();
    accept_callers();
}

void Node::feed_watchdog() {
    auto stuck = joined(pulse_.stuck(foundation_.clock.mono_now()));
    if (stuck.empty()) {
        notifier_.alive();
    } else if (stuck != stuck_) {
        foundation_.log->write(messages::thread_stuck, {{"threads", stuck}});
    }
    stuck_ = std::move(stuck);
}

void Node::note_readiness() {
    const auto now = report();
    const bool ready = now.troubles.empty();
    if (was_ready_ == ready) {
        return;
    }
    was_ready_ = ready;
    notifier_.status(to_line(now));
    if (!ready) {
        foundation_.log->write(messages::not_ready, {{"reason", joined(now.troubles)}});
        return;
    }
    foundation_.log->write(messages::ready, {});
    if (!announced_) {
        announced_ = true;
        notifier_.ready(to_line(now));
    }
}

void Node::begin_drain() {
    if (foundation_.draining.exchange(true)) {
        return;
    }
    foundation_.log->write(messages::draining, {});
    notifier_.stopping();
    spawn(drain());
}

/// While load balancers have not noticed, it serves as before, but keeps no connection open.
Task<void> Node::stay_for_latecomers() {
    if (!announced_ || exit_code_ != 0) {
        co_return;
    }
    co_await loop_.sleep(foundation_.edition->settings.http.timeouts.drain_delay);
}

bool Node::drained() const {
    return std::ranges::all_of(workers_, [](const auto& worker) { return worker->idle(); }) &&
           (!ingest_ || ingest_->left());
}

Task<void> Node::drain() {
    co_await stay_for_latecomers();
    for (auto& worker : workers_) {
        worker->begin_drain();
    }
    while (reload_->running()) {
        co_await loop_.sleep(kTendEvery);
    }
    if (ingest_) {
        ingest_->leave();
    }
    const auto deadline = Deadline::after(foundation_.clock.mono_now(), kDrainWithin);
    while (!drained() && !deadline.passed(foundation_.clock.mono_now())) {
        co_await loop_.sleep(kTendEvery);
    }
    if (!drained()) {
        foundation_.log->write(messages::drain_cut_short, {});
    }
    if (sandbox_core_) {
        sandbox_core_->stop();
    }
    audit_->stop(Deadline::after(foundation_.clock.mono_now(), kShipAtEnd));
    for (auto& worker : workers_) {
        worker->stop();
    }
    if (ingest_) {
        ingest_->stop();
    }
    loop_.stop();
}

}  // namespace numproof
