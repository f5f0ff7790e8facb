// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_docs/metrics_page.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/numproof_docs/every_metric.h"

namespace numproof {
namespace {

/// Rows that belong together, by what their names begin with.
struct Chapter {
    std::string_view title;
    std::vector<std::string_view> beginnings;  ///< None: whatever is left.
};

/// A metric with the values that each of its labels can have, in the order of the source.
struct Family {
    Sample first;
    std::map<std::string, std::vector<std::string>> values;
};

using Families = std::map<std::string, Family>;

constexpr std::string_view kOpening =
    "# Metrics\n\n"
    "Generated from the sources of the metrics (`numproof-docs metrics-md`).\n\n"
    "`GET /metrics` on the admin listener gives them in the text format of Prometheus. Names and "
    "labels are kept: a\n"
    "change has a line in the changelog. Labels have few values: never a number, a token or an "
    "address, and no client.\n"
    "Where no values are listed they are the names of your topics and such. Ready-made alerts and "
    "a dashboard are in\n"
    "[packaging/prometheus](../packaging/prometheus/numproof.rules.yml) and "
    "[packaging/grafana](../packaging/grafana/numproof.json).\n";

constexpr std::string_view kHistograms =
    "\n## Buckets of the histograms\n\n"
    "Every `histogram` has `_bucket`, `_sum` and `_count`, in seconds, with the upper bounds ";

constexpr std::string_view kClosing =
    ".\nThe bounds are fixed, so that nodes and versions can be added up. They are close where an "
    "answer normally\n"
    "is (a verification takes half a millisecond to a few), and they contain the limits that are "
    "promised and alarmed\n"
    "on: 50 ms, 100 ms (the deadline of a command to Redis) and 2 s (the deadline of a request); "
    "what lies between two\n"
    "bounds is only estimated by `histogram_quantile`. Native histograms would estimate better, "
    "but the text format,\n"
    "which every scraper reads, cannot carry them.\n\n"
    "## What adds up\n\n"
    "Whenever nothing is under way on a node (names without `numproof_` and `_total`):\n\n"
    "- `audit_accepted + audit_recovered = audit_delivered + audit_spool_records`\n"
    "- `http_requests` = requests measured + `http_refusals{listener=\"public\"}`\n"
    "- requests measured = `http_answers{listener=\"public\"}` + "
    "`http_requests_abandoned{listener=\"public\"}`\n"
    "- requests to `verify` and `device-phone-number` = the sum of `verify_results`, but for other "
    "methods (204, 405)\n"
    "- `token_claims{result=\"claimed\"}` = `verify_results` of `match`, `mismatch` and `shared`, "
    "but for events that the\n"
    "  spool denied and for requests that are refused after their token was judged (a bad body); "
    "those do not use it up\n"
    "- requests to `authorize` = codes issued + refused; requests to `token` = tokens issued + "
    "refused\n"
    "- `redis_connections - redis_disconnections = redis_connections_ready`\n";

const std::vector<Chapter>& chapters() {
    static const std::vector<Chapter> all{
        {.title = "The node",
         .beginnings =
             {"numproof_build_",
              "numproof_certificate_",
              "numproof_clock_",
              "numproof_config_",
              "numproof_ready",
              "numproof_readiness_",
              "process_"}},
        {.title = "Requests", .beginnings = {"numproof_http_"}},
        {.title = "Signing in and verifying",
         .beginnings = {"numproof_auth_", "numproof_token_", "numproof_verify_"}},
        {.title = "Directory", .beginnings = {"numproof_directory_", "numproof_rebuild_"}},
        {.title = "Session events", .beginnings = {"numproof_ingest_", "numproof_feed_"}},
        {.title = "Redis", .beginnings = {"numproof_redis_"}},
        {.title = "Audit trail", .beginnings = {"numproof_audit_"}},
        {.title = "Producers to Kafka", .beginnings = {"numproof_kafka_"}},
        {.title = "Others", .beginnings = {}}};
    return all;
}

std::string_view type_of(Sample::Kind kind) {
    switch (kind) {
        case Sample::Kind::counter:
            return "counter";
        case Sample::Kind::gauge:
            return "gauge";
        case Sample::Kind::histogram:
            return "histogram";
    }
    return {};
}

/// Names carry their unit, as Prometheus wants it; what has none is a number or a truth.
std::string_view unit_of(std::string_view name) {
    if (name.ends_with("_total") && !name.starts_with("numproof_rebuild_")) {
        name.remove_suffix(std::string_view{"_total"}.size());
    }
    for (const std::string_view unit : {"seconds", "bytes", "records"}) {
        if (name.ends_with(unit)) {
            return unit;
        }
    }
    if (name.ends_with("_seconds_left")) {
        return "seconds";
    }
    return name.find("_records_") == std::string_view::npos ? "" : "records";
}

Families families() {
    Families all;
    for (auto& sample : every_metric()) {
        auto& family = all.try_emplace(sample.name, Family{sample, {}}).first->second;
        for (auto& [label, value] : sample.labels) {
            auto& values = family.values[label];
            if (std::ranges::find(values, value) == values.end()) {
                values.push_back(std::move(value));
            }
        }
    }
    return all;
}

std::string labels_of(const Family& family) {
    std::string text;
    for (const auto& [label, every] : family.first.labels) {
        text.append(text.empty() ? "`" : "; `").append(label).append("`");
        const auto& values = family.values.at(label);
        const bool open = values.front() == kAnyValue || label == "partition";
        std::string_view before = ": ";
        for (const auto& value : values) {
            if (!open) {
                text.append(before).append(value);
            }
            before = ", ";
        }
    }
    return text;
}

std::string row_of(const Family& family) {
    const auto& metric = family.first;
    std::string row = "| `" + metric.name + "` | ";
    row.append(type_of(metric.kind)).append(" | ").append(unit_of(metric.name)).append(" | ");
    return row.append(labels_of(family)).append(" | ").append(metric.help).append(" |\n");
}

bool belongs(const Chapter& chapter, const std::string& name) {
    return chapter.beginnings.empty() || std::ranges::any_of(chapter.beginnings, [&](auto start) {
               return name.starts_with(start);
           });
}

/// Takes the rows of `chapter` out of `left`.
std::string rows_of(const Chapter& chapter, Families& left) {
    std::string rows;
    for (auto at = left.begin(); at != left.end();) {
        if (belongs(chapter, at->first)) {
            rows += row_of(at->second);
            at = left.erase(at);
        } else {
            ++at;
        }
    }
    return rows;
}

/// `us` microseconds as somebody would write it: 250 µs, 2.5 ms, 2 s.
std::string text_of(std::uint64_t us) {
    constexpr std::uint64_t kThousand = 1000;
    if (us < kThousand) {
        return std::to_string(us) + " µs";
    }
    const auto ms = us / kThousand;
    const auto tenths = us % kThousand / 100;
    return std::to_string(ms) + (tenths > 0 ? "." + std::to_string(tenths) : "") + " ms";
}

std::string bounds() {
    std::string text;
    for (const auto us : LatencyHistogram::kBoundsUs) {
        text.append(text.empty() ? "" : ", ").append(text_of(us));
    }
    return text;
}

}  // namespace

std::string metrics_markdown() {
    auto left = families();
    std::string page{kOpening};
    for (const auto& chapter : chapters()) {
        if (const auto rows = rows_of(chapter, left); !rows.empty()) {
            page.append("\n## ").append(chapter.title).append("\n\n");
            page.append("| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
            page.append(rows);
        }
    }
    return page.append(kHistograms).append(bounds()).append(kClosing);
}

}  // namespace numproof
