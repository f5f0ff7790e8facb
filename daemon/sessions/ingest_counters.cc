// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/ingest_counters.h"

namespace numproof {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<SessionEvent>> kOps{
    "bind", "refresh", "release", "reset", "subscriber", "heartbeat"};

Sample plain(std::string name, std::string help, const Counter& counter) {
    return {
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = static_cast<double>(counter.value())};
}

}  // namespace

void IngestCounters::count_poison(const std::string& reason) {
    const std::lock_guard lock{mutex_};
    ++poison_[reason];
}

void IngestCounters::note_watermark(const TopicPartition& at, WallTime watermark) {
    const std::lock_guard lock{mutex_};
    watermarks_[at] = watermark;
}

void IngestCounters::forget(const TopicPartition& at) {
    const std::lock_guard lock{mutex_};
    watermarks_.erase(at);
}

void IngestCounters::collect(std::vector<Sample>& samples) const {
    samples.push_back(
        plain("numproof_ingest_records_total", "Records that were dealt with.", records)
    );
    samples.push_back(plain(
        "numproof_ingest_store_retries_total", "Batches that were written again.", store_retries
    ));
    samples.push_back(
        plain("numproof_ingest_rewinds_total", "Partitions that were set back.", rewinds)
    );
    samples.push_back(plain(
        "numproof_ingest_poison_bursts_total", "Topics that were stopped for their poison.", bursts
    ));
    for (std::size_t i = 0; i < kOps.size(); ++i) {
        samples.push_back(
            {.name = "numproof_ingest_events_total",
             .help = "Events that are in the directory.",
             .labels = {{"op", std::string{kOps.at(i)}}},
             .value = static_cast<double>(events_.at(i).value())}
        );
    }
    const std::lock_guard lock{mutex_};
    for (const auto& [reason, count] : poison_) {
        samples.push_back(
            {.name = "numproof_ingest_poison_records_total",
             .help = "Records that went to the dead-letter topic.",
             .labels = {{"reason", reason}},
             .value = static_cast<double>(count)}
        );
    }
    for (const auto& [at, watermark] : watermarks_) {
        const std::chrono::duration<double> age = clock_.wall_now() - watermark;
        samples.push_back(
            {.kind = Sample::Kind::gauge,
             .name = "numproof_ingest_watermark_age_seconds",
             .help = "Now minus the partition's watermark.",
             .labels = {{"topic", at.topic}, {"partition", std::to_string(at.partition)}},
             .value = age.count()}
        );
    }
}

}  // namespace numproof
