// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/reload.h"

#include <algorithm>
#include <utility>

#include "daemon/app/options_of.h"
#include "daemon/app/version.h"
#include "daemon/audit/audit_events.h"
#include "daemon/base/json_writer.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kLookEvery{2};
constexpr Milliseconds kNoteWithin{5'000};
constexpr const char* kLeaving = "numproofd is on its way out\n";

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) {
        all += (all.empty() ? "" : ", ") + text;
    }
    return all.empty() ? "nothing" : all;
}

std::string on_one_line(std::string text) {
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    std::ranges::replace(text, '\n', ';');
    return text;
}

std::string to_json(const std::vector<std::string>& changed, const std::string& config_hash) {
    JsonWriter json;
    json.begin_object();
    json.key("changed").begin_array();
    for (const auto& what : changed) {
        json.text(what);
    }
    json.end_array();
    json.key("config_hash").text(config_hash);
    json.end_object();
    return json.take();
}

http::Response plain(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

}  // namespace

Reload::Reload(Parts parts, ReloadSource source)
    : parts_(std::move(parts)),
      source_(std::move(source)),
      metrics_(parts_.foundation.edition->config_hash) {}

Task<http::Response> Reload::command(const http::Request&, Deadline) {
    const auto outcome = co_await run();
    if (!outcome.refusal.empty()) {
        co_return plain(409, outcome.refusal);
    }
    if (outcome.late > 0) {
        co_return plain(
            500,
            "the new configuration is in force, but not known of " + std::to_string(outcome.late) +
                " worker(s), which hang: see `numproofctl status` and the log\n"
        );
    }
    http::Response response;
    response.body = to_json(outcome.changed, parts_.foundation.edition->config_hash);
    co_return response;
}

void Reload::from_signal() {
    spawn(run_for_signal());
}

Task<void> Reload::run_for_signal() {
    [[maybe_unused]] const auto told_by_log = co_await run();
}

Task<Reload::Outcome> Reload::run() {
    while (running_) {
        co_await parts_.loop.sleep(kLookEvery);
    }
    running_ = true;
    if (manager_listens()) {
        parts_.notifier.reloading();
    }
    auto outcome = co_await attempt();
    running_ = false;
    tell(outcome);
    co_return outcome;
}

Task<Reload::Outcome> Reload::attempt() {
    if (parts_.foundation.draining) {
        co_return Outcome{.changed = {}, .refusal = kLeaving};
    }
    auto fresh = source_.read();
    if (!fresh) {
        co_return Outcome{.changed = {}, .refusal = std::move(fresh.error())};
    }
    auto plan = plan_reload(parts_.foundation, *fresh, parts_.marker_key());
    if (!plan.refusal.empty()) {
        co_return Outcome{.changed = {}, .refusal = std::move(plan.refusal)};
    }
    const auto edition = next_edition(parts_.foundation, std::move(*fresh), plan.renewals);
    auto trouble = co_await parts_.renewal.prepare(edition);
    if (!trouble.empty()) {
        co_return Outcome{.changed = {}, .refusal = std::move(trouble) + "\n"};
    }
    if (parts_.foundation.draining) {
        co_await parts_.renewal.drop();
        co_return Outcome{.changed = {}, .refusal = kLeaving};
    }
    const auto late = co_await bring_into_force(edition);
    co_await note_in_audit();
    co_return Outcome{.changed = std::move(plan.changed), .refusal = {}, .late = late};
}

Task<std::size_t> Reload::bring_into_force(std::shared_ptr<const Edition> edition) {
    auto& foundation = parts_.foundation;
    source_.adopt_log(edition->settings.log);
    parts_.counts.bound_by(connection_caps_of(edition->settings));
    edition->vault->rotate(edition->directory);
    foundation.edition = edition;
    co_return co_await parts_.renewal.take(std::move(edition));
}

Task<void> Reload::note_in_audit() {
    const auto& foundation = parts_.foundation;
    const ConfigEvent event{
        .time = foundation.clock.wall_now(),
        .config_hash = foundation.edition->config_hash,
        .version = kVersion,
        .node = foundation.edition->settings.node.name,
        .cause = "reload"};
    auto entry = entry_of(event);
    const auto deadline = Deadline::after(foundation.clock.mono_now(), kNoteWithin);
    // A spool that cannot be written shows in readiness and in every answer.
    [[maybe_unused]] const auto kept = co_await parts_.audit.append(std::move(entry), deadline);
}

/// It is told of reloads between READY=1 and STOPPING=1.
bool Reload::manager_listens() const {
    return parts_.announced() && !parts_.foundation.draining;
}

void Reload::tell(const Outcome& outcome) {
    auto& log = *parts_.foundation.log;
    if (outcome.refusal.empty()) {
        refusal_.reset();
        metrics_.taken(parts_.foundation.edition->config_hash);
        log.write(messages::config_reloaded, {{"changed", joined(outcome.changed)}});
        if (outcome.late > 0) {
            log.write(messages::config_late, {{"workers", std::to_string(outcome.late)}});
        }
    } else {
        refusal_ = outcome.refusal;
        metrics_.refused();
        log.write(messages::config_refused, {{"reason", on_one_line(outcome.refusal)}});
    }
    if (manager_listens()) {
        parts_.notifier.ready(parts_.status());
    }
}

}  // namespace numproof
