// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/feed_report.h"
#include "daemon/app/node.h"
#include "daemon/app/version.h"

namespace numproof {

std::vector<ReadinessCheck> Node::readiness_checks() {
    return {
        {.name = "draining", .trouble = [this] { return draining_trouble(); }},
        {.name = "directory", .trouble = [this] { return directory_trouble(); }},
        {.name = "audit", .trouble = [this] { return audit_trouble(); }},
        {.name = "topics", .trouble = [this] { return topics_trouble(); }}};
}

std::optional<std::string> Node::directory_trouble() const {
    if (const auto refusal = directories_.current()->stores.refusal()) {
        return *refusal;
    }
    if (const auto refused = foundation_.redis.writes.trouble(foundation_.clock.mono_now())) {
        return refused;
    }
    // Ready means that every worker would answer: each has a view of its own.
    auto standing = watch().basis().standing;
    for (const auto& worker : workers_) {
        standing = standing == Standing::usable ? worker->standing() : standing;
    }
    if (standing == Standing::usable) {
        return std::nullopt;
    }
    std::string words{name_of(standing)};
    if (const auto silent = watch().most_silent(); silent && standing == Standing::stale) {
        words += ": nothing new from " + silent->topic + "/" + std::to_string(silent->partition);
    }
    if (const auto missing = watch().missing_key(); !missing.empty()) {
        words += ": " + missing;
    }
    if (const auto rebuild = ingest_ ? ingest_->rebuild() : std::nullopt) {
        words += ": " + to_line(*rebuild);
    }
    if (const auto why = ingest_ ? ingest_->trouble() : std::string{}; !why.empty()) {
        words += " (" + why + ")";
    }
    return words;
}

std::optional<std::string> Node::draining_trouble() const {
    return foundation_.draining ? std::optional<std::string>{"on its way out"} : std::nullopt;
}

std::optional<std::string> Node::audit_trouble() {
    const bool deny = foundation_.edition->settings.audit.on_spool_failure == OnSpoolFailure::deny;
    return deny && !audit_->spool().taking()
               ? std::optional<std::string>{"the spool is full or cannot be written"}
               : std::nullopt;
}

std::optional<std::string> Node::topics_trouble() const {
    return topic_survey_ ? topic_survey_->missing() : std::nullopt;
}

NodeFacts Node::facts() {
    NodeFacts facts{
        .version = kVersion,
        .checks = {},
        .basis = watch().basis(),
        .max_staleness = foundation_.edition->settings.directory.max_staleness,
        .spool_bytes_max = foundation_.edition->settings.audit.spool_bytes_max,
        .certificates = certificates_of(foundation_)};
    for (const auto& check : readiness_checks()) {
        facts.checks.push_back({.name = check.name, .well = !check.trouble().has_value()});
    }
    return facts;
}

StatusReport Node::report() {
    return {
        .foundation = foundation_,
        .reload_refusal = reload_->refusal(),
        .troubles = admin_router_->troubles(),
        .basis = watch().basis(),
        .rebuild = ingest_ ? ingest_->rebuild() : std::nullopt,
        .backlog = audit_->spool().index().backlog(),
        .connections = public_counts_.total(),
        .up = std::chrono::duration_cast<Milliseconds>(foundation_.clock.mono_now() - began_)};
}

}  // namespace numproof
