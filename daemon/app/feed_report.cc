// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/feed_report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

/// One partition, from whoever knows of it.
struct Row {
    const PartitionProgress* own = nullptr;
    const WatermarkRecord* record = nullptr;
};

std::string_view word_of(Freshness freshness) {
    switch (freshness) {
        case Freshness::heartbeat:
            return "heartbeat";
        case Freshness::traffic:
            return "traffic";
        case Freshness::caught_up:
            return "caught_up";
    }
    return "";
}

std::string_view word_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::native:
            return "native";
        case Dialect::nsmf:
            return "nsmf";
        case Dialect::radius:
            return "radius";
        case Dialect::gx:
            return "gx";
    }
    return "";
}

void number_or_null(JsonWriter& json, std::string_view key, std::optional<std::int64_t> value) {
    json.key(key);
    if (value) {
        json.number(*value);
    } else {
        json.null();
    }
}

void write_watermark(JsonWriter& json, const Row& row, WallTime now) {
    auto watermark = row.own != nullptr ? row.own->watermark : WallTime{};
    if (row.record != nullptr) {
        watermark = std::max(watermark, row.record->watermark);
    }
    const bool known = watermark != WallTime{};
    json.key("watermark").text_or_null(known ? to_rfc3339(watermark) : std::string{});
    number_or_null(
        json,
        "watermark_age_ms",
        known ? std::optional{Milliseconds{now - watermark}.count()} : std::nullopt
    );
}

std::string reader_of(const Row& row, const Settings& settings) {
    if (row.own != nullptr) {
        return settings.node.name;
    }
    return row.record != nullptr ? row.record->reader : std::string{};
}

void write_row(JsonWriter& json, const TopicPartition& at, const Row& row, const FeedReport& all) {
    const auto& feeds = all.settings.ingest.feeds;
    const auto feed = std::ranges::find(feeds, at.topic, &FeedSetting::topic);
    const auto* const own = row.own;
    json.begin_object();
    json.key("topic").text(at.topic);
    json.key("partition").number(at.partition);
    json.key("dialect").text_or_null(feed == feeds.end() ? "" : word_of(feed->dialect));
    json.key("freshness").text_or_null(feed == feeds.end() ? "" : word_of(feed->freshness));
    json.key("reader").text_or_null(reader_of(row, all.settings));
    std::optional<std::int64_t> next;
    if (own != nullptr) {
        next = own->next;
    } else if (row.record != nullptr) {
        next = row.record->next;
    }
    number_or_null(json, "next_offset", next);
    number_or_null(json, "end_offset", own != nullptr ? std::optional{own->end} : std::nullopt);
    number_or_null(
        json,
        "lag_records",
        own != nullptr ? std::optional{std::max<std::int64_t>(0, own->end - own->next)}
                       : std::nullopt
    );
    number_or_null(json, "rebuild_begin", own != nullptr ? own->rebuild_begin : std::nullopt);
    number_or_null(json, "rebuild_end", own != nullptr ? own->rebuild_end : std::nullopt);
    write_watermark(json, row, all.now);
    json.key("waits_for").text_or_null(own != nullptr ? own->waits_for : std::string{});
    json.end_object();
}

}  // namespace

void write_rebuild(JsonWriter& json, const std::optional<RebuildProgress>& rebuild) {
    if (!rebuild) {
        json.null();
        return;
    }
    json.begin_object();
    json.key("records_done").number(rebuild->done);
    json.key("records_total").number(rebuild->total);
    json.key("percent").number(rebuild->percent());
    json.key("records_per_second").number(std::llround(rebuild->per_second));
    number_or_null(
        json,
        "seconds_left",
        rebuild->left ? std::optional{(rebuild->left->count() + 999) / 1000} : std::nullopt
    );
    json.end_object();
}

std::string to_line(const RebuildProgress& rebuild) {
    if (rebuild.total == 0) {
        return "there is nothing to read so far";
    }
    auto line =
        std::to_string(rebuild.percent()) + " % of " + std::to_string(rebuild.total) + " records";
    if (rebuild.left) {
        line += ", " + std::to_string(std::llround(rebuild.per_second)) + " a second, about " +
                std::to_string((rebuild.left->count() + 999) / 1000) + " s left";
    }
    return line;
}

std::string to_json(const FeedReport& report) {
    std::map<TopicPartition, Row> rows;
    for (const auto& [at, record] : report.known) {
        rows[at].record = record ? &*record : nullptr;
    }
    if (report.own) {
        for (const auto& partition : report.own->partitions) {
            rows[partition.at].own = &partition;
        }
    }
    JsonWriter json;
    json.begin_object();
    json.key("node").text(report.settings.node.name);
    json.key("standing").text(name_of(report.standing));
    json.key("generation").text_or_null(report.own ? report.own->generation : std::string{});
    json.key("rebuild");
    write_rebuild(json, report.own ? report.own->rebuild : std::nullopt);
    json.key("partitions").begin_array();
    for (const auto& [at, row] : rows) {
        write_row(json, at, row, report);
    }
    json.end_array().end_object();
    return json.take();
}

}  // namespace numproof
