// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_metrics.h"

#include <algorithm>

namespace numproof {
namespace {

Sample counter(std::string name, std::string help, const Counter& count) {
    return {
        .kind = Sample::Kind::counter,
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = static_cast<double>(count.value())};
}

Sample gauge(std::string name, std::string help, double value) {
    return {
        .kind = Sample::Kind::gauge,
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = value};
}

double age_in_seconds(const Backlog& backlog, WallTime now) {
    if (!backlog.oldest) {
        return 0;
    }
    const std::chrono::duration<double> age = now - *backlog.oldest;
    return std::max(0.0, age.count());
}

}  // namespace

void SpoolMetrics::collect(std::vector<Sample>& samples) const {
    const auto backlog = index_.backlog();
    samples.push_back(gauge(
        "numproof_audit_spool_bytes",
        "Size of the audit spool on disk.",
        static_cast<double>(backlog.bytes)
    ));
    samples.push_back(gauge(
        "numproof_audit_spool_records",
        "Audit events in the spool that are not delivered yet.",
        static_cast<double>(backlog.records)
    ));
    samples.push_back(gauge(
        "numproof_audit_spool_oldest_age_seconds",
        "Age of the oldest audit event that is not delivered yet.",
        age_in_seconds(backlog, clock_.wall_now())
    ));
    samples.push_back(
        counter("numproof_audit_accepted_total", "Audit events made durable.", accepted)
    );
    samples.push_back(counter(
        "numproof_audit_denied_total", "Audit events that could not be made durable.", denied
    ));
    samples.push_back(counter(
        "numproof_audit_recovered_total", "Audit events found in the spool at start.", recovered
    ));
    samples.push_back(counter(
        "numproof_audit_delivered_total", "Audit events acknowledged by the brokers.", delivered
    ));
    samples.push_back(counter(
        "numproof_audit_retried_total",
        "Audit events whose delivery failed and is repeated.",
        retried
    ));
    samples.push_back(
        counter("numproof_audit_spool_syncs_total", "Group commits of the audit spool.", syncs)
    );
    samples.push_back(counter(
        "numproof_audit_spool_damaged_total", "Spool segments found damaged on disk.", damaged
    ));
}

}  // namespace numproof
