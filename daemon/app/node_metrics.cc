// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/node_metrics.h"

#include <algorithm>
#include <utility>

#include "daemon/app/status_report.h"

namespace numproof {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;
using Seconds = std::chrono::duration<double>;

constexpr auto kStandings = static_cast<int>(Standing::clock_disagrees) + 1;

Sample gauge(std::string name, std::string help, double value, Labels labels = {}) {
    return {
        .kind = Sample::Kind::gauge,
        .name = std::move(name),
        .help = std::move(help),
        .labels = std::move(labels),
        .value = value};
}

void collect_readiness(std::vector<Sample>& samples, const std::vector<CheckState>& checks) {
    const bool ready = std::ranges::all_of(checks, &CheckState::well);
    samples.push_back(gauge("numproof_ready", "1 while this node answers requests.", ready));
    for (const auto& check : checks) {
        samples.push_back(gauge(
            "numproof_readiness_check",
            "1 while this condition of being ready holds.",
            check.well,
            {{"check", check.name}}
        ));
    }
}

void collect_directory(std::vector<Sample>& samples, const NodeFacts& facts) {
    for (int i = 0; i < kStandings; ++i) {
        const auto standing = static_cast<Standing>(i);
        samples.push_back(gauge(
            "numproof_directory_standing",
            "1 for what this node thinks of the directory now; only `usable` gives answers.",
            facts.basis.standing == standing,
            {{"standing", std::string{name_of(standing)}}}
        ));
    }
    if (const auto age = known_age(facts.basis)) {
        samples.push_back(gauge(
            "numproof_directory_watermark_age_seconds",
            "Now minus the oldest watermark of all partitions, whoever reads them.",
            Seconds{*age}.count()
        ));
    }
    samples.push_back(gauge(
        "numproof_directory_max_staleness_seconds",
        "The setting `directory.max_staleness`: an older watermark means 503.",
        Seconds{facts.max_staleness}.count()
    ));
}

}  // namespace

void NodeMetrics::collect(std::vector<Sample>& samples) const {
    const auto facts = look_();
    samples.push_back(gauge(
        "numproof_build_info", "Always 1; which program this is.", 1, {{"version", facts.version}}
    ));
    samples.push_back(gauge(
        "numproof_clock_seconds",
        "What this node's clock says, since 1970.",
        Seconds{clock_.wall_now().time_since_epoch()}.count()
    ));
    collect_readiness(samples, facts.checks);
    collect_directory(samples, facts);
    samples.push_back(gauge(
        "numproof_audit_spool_max_bytes",
        "The setting `audit.spool_bytes_max`.",
        static_cast<double>(facts.spool_bytes_max)
    ));
    for (const auto& certificate : facts.certificates) {
        samples.push_back(gauge(
            "numproof_certificate_expiry_seconds",
            "When the first certificate of the chain ends that is shown there, since 1970.",
            Seconds{certificate.at.time_since_epoch()}.count(),
            {{"name", certificate.name}}
        ));
    }
}

}  // namespace numproof
