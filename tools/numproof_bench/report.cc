// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/report.h"

#include <cmath>

#include <fmt/format.h>

#include "daemon/base/json_writer.h"

namespace numproof::bench {
namespace {

// Three decimals are more than any measurement here is good for.
std::string figure(std::optional<double> value) {
    if (!value) {
        return "null";
    }
    const bool whole = *value == std::floor(*value);
    return whole ? fmt::format("{:.0f}", *value) : fmt::format("{:.3f}", *value);
}

std::optional<double> count(std::optional<std::uint64_t> value) {
    return value ? std::optional{static_cast<double>(*value)} : std::nullopt;
}

}  // namespace

std::string to_json(const Report& report) {
    JsonWriter json;
    const auto put = [&json](std::string_view key, std::optional<double> value) {
        json.key(key).raw(figure(value));
    };
    json.begin_object();
    json.key("name").text(report.name);
    put("connections", static_cast<double>(report.connections));
    put("requests", count(report.requests));
    put("seconds", report.seconds);
    put("per_second", report.seconds > 0 ? static_cast<double>(report.good) / report.seconds : 0.0);
    put("p50_us", report.p50_us);
    put("p99_us", report.p99_us);
    put("server_us", report.server_us);
    put("store_us", report.store_us);
    put("rss_bytes", count(report.rss_bytes));
    json.key("answers").begin_object();
    for (const auto& [status, times] : report.answers) {
        put(status, count(times));
    }
    json.end_object();
    put("errors", count(report.requests - report.good));
    for (const auto& [key, value] : report.more) {
        put(key, value);
    }
    json.end_object();
    return json.take() + "\n";
}

void set_latencies(Report& report, const LatencyRecord& latencies) {
    report.p50_us = latencies.quantile_us(0.50);
    report.p99_us = latencies.quantile_us(0.99);
}

}  // namespace numproof::bench
