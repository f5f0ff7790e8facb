// SPDX-License-Identifier: Apache-2.0
#include "adapters/prometheus/render_metrics.h"

#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace numproof {
namespace {

constexpr double kUsPerSecond = 1e6;

prometheus::MetricType type_of(Sample::Kind kind) noexcept {
    switch (kind) {
        case Sample::Kind::counter:
            return prometheus::MetricType::Counter;
        case Sample::Kind::gauge:
            return prometheus::MetricType::Gauge;
        case Sample::Kind::histogram:
            return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram histogram_of(const LatencyHistogram& observed) {
    prometheus::ClientMetric::Histogram histogram;
    constexpr auto kBounds = LatencyHistogram::kBoundsUs;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= kBounds.size(); ++i) {
        count += observed.bucket(i);
        const auto bound = i < kBounds.size() ? static_cast<double>(kBounds[i]) / kUsPerSecond
                                              : std::numeric_limits<double>::infinity();
        histogram.bucket.push_back({.cumulative_count = count, .upper_bound = bound});
    }
    histogram.sample_count = count;
    histogram.sample_sum = static_cast<double>(observed.sum_us()) / kUsPerSecond;
    return histogram;
}

prometheus::ClientMetric metric_of(const Sample& sample) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : sample.labels) {
        metric.label.push_back({.name = name, .value = value});
    }
    switch (sample.kind) {
        case Sample::Kind::counter:
            metric.counter.value = sample.value;
            break;
        case Sample::Kind::gauge:
            metric.gauge.value = sample.value;
            break;
        case Sample::Kind::histogram:
            if (sample.histogram != nullptr) {
                metric.histogram = histogram_of(*sample.histogram);
            }
            break;
    }
    return metric;
}

}  // namespace

std::string render_metrics(const std::vector<const MetricSource*>& sources) {
    std::vector<Sample> samples;
    for (const auto* source : sources) {
        source->collect(samples);
    }
    std::map<std::string, prometheus::MetricFamily> by_name;
    for (const auto& sample : samples) {
        auto& family = by_name[sample.name];
        family.name = sample.name;
        family.help = sample.help;
        family.type = type_of(sample.kind);
        family.metric.push_back(metric_of(sample));
    }
    std::vector<prometheus::MetricFamily> families;
    families.reserve(by_name.size());
    for (auto& [name, family] : by_name) {
        families.push_back(std::move(family));
    }
    return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace numproof
