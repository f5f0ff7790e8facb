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
    lags_.erase(at);
}

void IngestCounters::note_lag(const TopicPartition& at, std::int64_t lag) {
    const std::lock_guard lock{mutex_};
    lags_[at] = lag;
}

void IngestCounters::note_rebuild(std::optional<RebuildProgress> progress) {
    const std::lock_guard lock{mutex_};
    rebuild_ = progress;
}

std::optional<RebuildProgress> IngestCounters::rebuild() const {
    const std::lock_guard lock{mutex_};
    return rebuild_;
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
    samples.push_back(plain(
        "numproof_ingest_leftovers_removed_total",
        "Hashes of former directories that were removed from the store.",
        leftovers
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
    collect_partitions(samples);
    collect_rebuild(samples);
}

void IngestCounters::collect_partitions(std::vector<Sample>& samples) const {
    const auto add = [&](const TopicPartition& at, std::string name, std::string help, double v) {
        samples.push_back(
            {.kind = Sample::Kind::gauge,
             .name = std::move(name),
             .help = std::move(help),
             .labels = {{"topic", at.topic}, {"partition", std::to_string(at.partition)}},
             .value = v}
        );
    };
    for (const auto& [at, watermark] : watermarks_) {
        const std::chrono::duration<double> age = clock_.wall_now() - watermark;
        add(at,
            "numproof_ingest_watermark_age_seconds",
            "Now minus the partition's watermark.",
            age.count());
    }
    for (const auto& [at, lag] : lags_) {
        add(at,
            "numproof_ingest_lag_records",
            "Records of the partition that are still to be read.",
            static_cast<double>(lag));
    }
}

void IngestCounters::collect_rebuild(std::vector<Sample>& samples) const {
    const auto add = [&](std::string name, std::string help, double v) {
        samples.push_back(
            {.kind = Sample::Kind::gauge,
             .name = std::move(name),
             .help = std::move(help),
             .labels = {},
             .value = v}
        );
    };
    const auto now = rebuild_.value_or(RebuildProgress{.left = std::nullopt});
    add("numproof_rebuild_running", "1 while this node builds the directory.", rebuild_ ? 1 : 0);
    add("numproof_rebuild_records_done",
        "Records of the rebuild that are in the directory.",
        static_cast<double>(now.done));
    add("numproof_rebuild_records_total",
        "Records that the rebuild has to read on this node.",
        static_cast<double>(now.total));
    if (now.left) {
        const std::chrono::duration<double> left = *now.left;
        add("numproof_rebuild_seconds_left",
            "Estimated time to the end of the rebuild on this node.",
            left.count());
    }
}

}  // namespace numproof
