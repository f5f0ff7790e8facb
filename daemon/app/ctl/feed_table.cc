// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/feed_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include <simdjson.h>

#include "daemon/app/ctl/columns.h"
#include "daemon/app/ctl/printable.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;

const Row kTitles{"TOPIC", "PART", "DIALECT", "FRESHNESS", "READER", "NEXT", "LAG", "AGE", "STATE"};
constexpr std::size_t kLeft = 5;  // So many columns begin at the left.

std::string text_of(const element& from, std::string_view key) {
    std::string_view text;
    return from[key].get(text) == simdjson::SUCCESS ? printable(text) : std::string{};
}

std::optional<std::int64_t> number_of(const element& from, std::string_view key) {
    std::int64_t number = 0;
    return from[key].get(number) == simdjson::SUCCESS ? std::optional{number} : std::nullopt;
}

std::string or_dash(std::string text) {
    return text.empty() ? "-" : text;
}

std::string shown(std::optional<std::int64_t> number) {
    return number ? std::to_string(*number) : "-";
}

std::string age_of(const element& partition) {
    const auto ms = number_of(partition, "watermark_age_ms");
    if (!ms) {
        return "-";
    }
    constexpr std::int64_t kMinute = 60'000;
    constexpr std::int64_t kHour = 60 * kMinute;
    if (*ms < kMinute) {
        std::array<char, 32> text{};
        (void)std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(*ms) / 1000);
        return text.data();
    }
    return *ms < kHour ? std::to_string(*ms / kMinute) + " min"
                       : std::to_string(*ms / kHour) + " h";
}

std::string state_of(const element& partition) {
    if (const auto waits = text_of(partition, "waits_for"); !waits.empty()) {
        return "waits: " + waits;
    }
    if (const auto end = number_of(partition, "rebuild_end")) {
        return "rebuilding up to " + std::to_string(*end);
    }
    if (number_of(partition, "watermark_age_ms")) {
        return "follows";
    }
    return number_of(partition, "lag_records") == 0 ? "nothing heard yet" : "not read yet";
}

Row cells_of(const element& partition) {
    return {
        text_of(partition, "topic"),
        shown(number_of(partition, "partition")),
        or_dash(text_of(partition, "dialect")),
        or_dash(text_of(partition, "freshness")),
        or_dash(text_of(partition, "reader")),
        shown(number_of(partition, "next_offset")),
        shown(number_of(partition, "lag_records")),
        age_of(partition),
        state_of(partition)};
}

std::string progress_of(const element& rebuild) {
    auto text = shown(number_of(rebuild, "percent")) + " %  " +
                shown(number_of(rebuild, "records_done")) + " of " +
                shown(number_of(rebuild, "records_total")) + " records";
    if (const auto left = number_of(rebuild, "seconds_left")) {
        text += ", " + shown(number_of(rebuild, "records_per_second")) + " a second, about " +
                std::to_string(*left) + " s left";
    }
    return text;
}

std::string bar_of(const element& rebuild, std::size_t width) {
    if (width == 0) {
        return {};
    }
    const auto percent = static_cast<std::size_t>(
        std::clamp<std::int64_t>(number_of(rebuild, "percent").value_or(0), 0, 100)
    );
    const auto done = width * percent / 100;
    return "[" + std::string(done, '#') + std::string(width - done, '.') + "] ";
}

std::string coloured(std::string_view standing, Colour colour) {
    if (colour == Colour::none) {
        return std::string{standing};
    }
    const char* const code = standing == "usable" ? "\x1b[32m" : "\x1b[31m";
    return code + std::string{standing} + "\x1b[0m";
}

}  // namespace

std::string feed_table(std::string_view json, Colour colour, std::size_t width) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{json};
    element root;
    simdjson::dom::array partitions;
    if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
        root["partitions"].get(partitions) != simdjson::SUCCESS) {
        return std::string{json};
    }
    std::vector<Row> rows{kTitles};
    for (const auto partition : partitions) {
        rows.push_back(cells_of(partition));
    }
    std::string out = "directory: " + coloured(text_of(root, "standing"), colour) + "\n";
    simdjson::dom::element rebuild;
    if (root["rebuild"].get(rebuild) == simdjson::SUCCESS && rebuild.is_object()) {
        out += "rebuild:   " + bar_of(rebuild, width) + progress_of(rebuild) + "\n";
    }
    return out + "\n" + columns(rows, kLeft);
}

std::string feed_line(std::string_view json) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{json};
    element root;
    simdjson::dom::array partitions;
    if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
        root["partitions"].get(partitions) != simdjson::SUCCESS) {
        return std::string{json};
    }
    std::int64_t lag = 0;
    std::int64_t oldest = 0;
    std::string waits;
    for (const auto partition : partitions) {
        lag += number_of(partition, "lag_records").value_or(0);
        oldest = std::max(oldest, number_of(partition, "watermark_age_ms").value_or(0));
        if (const auto word = text_of(partition, "waits_for"); !word.empty()) {
            waits += ", " + text_of(partition, "topic") + "/" +
                     shown(number_of(partition, "partition")) + " waits: " + word;
        }
    }
    auto line = text_of(root, "standing") + "; " + std::to_string(partitions.size()) +
                " partitions, lag " + std::to_string(lag) + ", oldest watermark " +
                std::to_string(oldest) + " ms" + waits;
    element rebuild;
    if (root["rebuild"].get(rebuild) == simdjson::SUCCESS && rebuild.is_object()) {
        line += "; rebuild " + progress_of(rebuild);
    }
    return line;
}

}  // namespace numproof::ctl
