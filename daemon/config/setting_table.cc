// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/setting_table.h"

#include <array>

#include "daemon/config/setting_sections.h"

namespace numproof {
namespace {

Setting make_section(std::string_view key, std::string_view doc, std::span<const Setting> members) {
    return {.key = key, .type = SettingType::section, .doc = doc, .members = members};
}

}  // namespace

const Setting& setting_table() noexcept {
    static const std::array kSections{
        make_section("node", "This node.", sections::node()),
        make_section("http", "Listeners and requests.", sections::http()),
        make_section("auth", "Signing in and tokens.", sections::auth()),
        make_section(
            "directory", "Who holds which address, and what was granted.", sections::directory()
        ),
        make_section("kafka", "The brokers.", sections::kafka()),
        make_section("ingest", "Session events.", sections::ingest()),
        make_section("audit", "The audit trail.", sections::audit()),
        make_section("log", "The log.", sections::log()),
    };
    static const Setting kRoot = make_section("", "Everything.", kSections);
    return kRoot;
}

std::vector<std::string_view> words_of(std::string_view choices) {
    std::vector<std::string_view> words;
    while (!choices.empty()) {
        const auto bar = choices.find('|');
        words.push_back(choices.substr(0, bar));
        choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
    }
    return words;
}

}  // namespace numproof
