// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_docs/every_metric.h"

#include "adapters/evhtp/front_metrics.h"
#include "adapters/kafka/kafka_metrics.h"
#include "adapters/redis/redis_metrics.h"
#include "adapters/spool/spool_metrics.h"
#include "daemon/api/http_metrics.h"
#include "daemon/app/node_metrics.h"
#include "daemon/app/process_metrics.h"
#include "daemon/app/reload_metrics.h"
#include "daemon/auth/auth_metrics.h"
#include "daemon/sessions/directory_counters.h"
#include "daemon/sessions/ingest_counters.h"
#include "daemon/verify/verify_metrics.h"

namespace numproof {
namespace {

/// It is always 1970: no value is shown.
class StoppedClock final : public Clock {
public:
    [[nodiscard]] WallTime wall_now() const override { return {}; }

    [[nodiscard]] MonoTime mono_now() const override { return {}; }
};

NodeFacts some_facts() {
    return {
        .version = kAnyValue,
        .checks =
            {{.name = "draining", .well = true},
             {.name = "directory", .well = true},
             {.name = "audit", .well = true},
             {.name = "topics", .well = true}},
        .basis = {},
        .max_staleness = {},
        .spool_bytes_max = 0,
        .certificates = {{.name = kAnyValue, .at = {}}}};
}

void collect_http(std::vector<Sample>& samples) {
    HttpMetrics http;
    constexpr int kUnlisted = 599;
    for (std::size_t i = 0; i < kEndpointCount; ++i) {
        for (const int status : HttpMetrics::kStatuses) {
            http.count(static_cast<Endpoint>(i), status, {});
        }
        http.count(static_cast<Endpoint>(i), kUnlisted, {});
    }
    http.collect(samples);
    for (const auto* const listener : {"public", "admin"}) {
        FrontMetrics{listener}.collect(samples);
    }
}

void collect_ingest(std::vector<Sample>& samples, const Clock& clock) {
    const TopicPartition anywhere{.topic = kAnyValue, .partition = 0};
    IngestCounters ingest{clock};
    ingest.count_poison(kAnyValue);
    ingest.note_watermark(anywhere, {});
    ingest.note_lag(anywhere, 0);
    ingest.note_rebuild(RebuildProgress{.left = Milliseconds{0}});
    ingest.collect(samples);
    KafkaFeedMetrics{}.collect(samples);
    for (const auto* const role : {"audit", "dead_letters"}) {
        KafkaProducerMetrics{role}.collect(samples);
    }
}

}  // namespace

std::vector<Sample> every_metric() {
    const StoppedClock clock;
    const SegmentIndex index;
    std::vector<Sample> samples;
    collect_http(samples);
    VerifyMetrics{}.collect(samples);
    AuthMetrics{}.collect(samples);
    DirectoryCounters{}.collect(samples);
    RedisMetrics{}.collect(samples);
    SpoolMetrics{index, clock}.collect(samples);
    collect_ingest(samples, clock);
    NodeMetrics{clock, &some_facts}.collect(samples);
    ProcessMetrics{{}}.collect(samples);
    ReloadMetrics{kAnyValue}.collect(samples);
    for (auto& sample : samples) {
        sample.histogram = nullptr;  // Its owner is gone.
    }
    return samples;
}

}  // namespace numproof
