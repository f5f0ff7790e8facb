// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_metrics.h"

#include <string>
#include <string_view>
#include <utility>

namespace numproof {
namespace {

Sample counter(std::string name, std::string help, const Counter& value) {
    return {
        .kind = Sample::Kind::counter,
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = static_cast<double>(value.value()),
        .histogram = nullptr};
}

Sample failures(std::string_view error, const Counter& value) {
    auto sample = counter("numproof_redis_failures_total", "Commands to Redis that failed.", value);
    sample.labels.emplace_back("error", error);
    return sample;
}

Sample redirections(std::string_view kind, const Counter& value) {
    auto sample = counter(
        "numproof_redis_cluster_redirections_total",
        "Commands that a node of the Cluster did not execute but sent elsewhere, or to later.",
        value
    );
    sample.labels.emplace_back("kind", kind);
    return sample;
}

/// What has begun and not ended. The two are read one after the other, hence the floor.
Sample under_way(std::string name, std::string help, std::pair<double, double> begun_and_ended) {
    const auto [begun, ended] = begun_and_ended;
    return {
        .kind = Sample::Kind::gauge,
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = begun > ended ? begun - ended : 0,
        .histogram = nullptr};
}

std::pair<double, double> both(const Counter& begun, const Counter& ended) {
    const auto over = static_cast<double>(ended.value());
    return {static_cast<double>(begun.value()), over};
}

}  // namespace

void RedisMetrics::collect(std::vector<Sample>& samples) const {
    samples.push_back(counter("numproof_redis_commands_total", "Commands to Redis.", commands));
    samples.push_back(failures("store_unavailable", unavailable));
    samples.push_back(failures("deadline_exceeded", deadlines_exceeded));
    samples.push_back(failures("queue_full", refused_full));
    samples.push_back(counter(
        "numproof_redis_script_reloads_total",
        "Scripts that Redis did not know any more.",
        script_reloads
    ));
    samples.push_back(counter(
        "numproof_redis_connections_total", "Connections to Redis that became ready.", connected
    ));
    samples.push_back(counter(
        "numproof_redis_disconnections_total", "Ready connections to Redis that ended.", lost
    ));
    samples.push_back(
        {.kind = Sample::Kind::gauge,
         .name = "numproof_redis_refuses_writes",
         .help = "1 while Redis takes no writes: it is full, cannot save, or lacks replicas.",
         .labels = {},
         .value = writes.are_refused() ? 1.0 : 0.0,
         .histogram = nullptr}
    );
    samples.push_back(under_way(
        "numproof_redis_connections_ready", "Connections to Redis now.", both(connected, lost)
    ));
    samples.push_back(under_way(
        "numproof_redis_breaker_state",
        "Connections to Redis whose breaker is open: commands fail at once.",
        both(breakers_opened, breakers_closed)
    ));
    samples.push_back(under_way(
        "numproof_redis_queue_depth",
        "Commands to Redis that wait or are under way.",
        both(commands, ended)
    ));
    samples.push_back(redirections("moved", moved));
    samples.push_back(redirections("ask", asked));
    samples.push_back(redirections("try_again", tried_again));
    samples.push_back(redirections("cluster_down", cluster_down));
    samples.push_back(counter(
        "numproof_redis_cluster_maps_total", "Maps of slots that the Cluster gave.", maps_read
    ));
    samples.push_back(
        {.kind = Sample::Kind::histogram,
         .name = "numproof_redis_latency_seconds",
         .help = "From sending a command to Redis to its reply.",
         .labels = {},
         .value = 0,
         .histogram = &latency}
    );
}

}  // namespace numproof
