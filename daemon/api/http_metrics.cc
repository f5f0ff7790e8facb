// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/http_metrics.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace numproof {
namespace {

std::size_t slot_of(int status) noexcept {
    const auto& statuses = HttpMetrics::kStatuses;
    return static_cast<std::size_t>(
        std::distance(statuses.begin(), std::ranges::find(statuses, status))
    );
}

std::string code_of(std::size_t slot) {
    const auto& statuses = HttpMetrics::kStatuses;
    return slot < statuses.size() ? std::to_string(statuses[slot]) : "other";
}

std::string outcome_of(std::size_t slot) {
    const auto& statuses = HttpMetrics::kStatuses;
    if (slot >= statuses.size() || statuses[slot] >= 500) {
        return "error";
    }
    return statuses[slot] >= 400 ? "refused" : "answered";
}

/// What alerts look for is exported from the beginning: a rate does not see how a series began.
bool is_alarming(std::size_t slot) noexcept {
    const auto& statuses = HttpMetrics::kStatuses;
    return slot < statuses.size() && (statuses[slot] == 500 || statuses[slot] == 503);
}

Sample requests(Endpoint endpoint, std::size_t slot, std::uint64_t value) {
    return Sample{
        .kind = Sample::Kind::counter,
        .name = "numproof_http_requests_total",
        .help = "Requests of the public listener by operation, status code and outcome.",
        .labels =
            {{"operation", std::string{name_of(endpoint)}},
             {"code", code_of(slot)},
             {"outcome", outcome_of(slot)}},
        .value = static_cast<double>(value),
        .histogram = nullptr};
}

Sample duration(Endpoint endpoint, const LatencyHistogram& latency) {
    return Sample{
        .kind = Sample::Kind::histogram,
        .name = "numproof_http_request_duration_seconds",
        .help = "From a complete request to its answer.",
        .labels = {{"operation", std::string{name_of(endpoint)}}},
        .value = 0,
        .histogram = &latency};
}

}  // namespace

void HttpMetrics::count(Endpoint endpoint, int status, MonoTime::duration took) noexcept {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    of(endpoint).statuses[slot_of(status)].add();
    of(endpoint).latency.observe_us(static_cast<std::uint64_t>(std::max<std::int64_t>(0, us)));
}

void HttpMetrics::count_refusal(Endpoint endpoint, int status) noexcept {
    of(endpoint).statuses[slot_of(status)].add();
}

void HttpMetrics::collect(std::vector<Sample>& samples) const {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        const auto endpoint = static_cast<Endpoint>(i);
        const PerEndpoint& counted = endpoints_[i];
        for (std::size_t slot = 0; slot < counted.statuses.size(); ++slot) {
            const auto value = counted.statuses[slot].value();
            if (value > 0 || is_alarming(slot)) {
                samples.push_back(requests(endpoint, slot, value));
            }
        }
        samples.push_back(duration(endpoint, counted.latency));
    }
}

}  // namespace numproof
