// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/configuration.h"

#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/config/cross_checks.h"
#include "daemon/config/flow_text.h"
#include "daemon/config/setting_table.h"
#include "daemon/config/settings_builder.h"
#include "daemon/config/table_reader.h"

namespace numproof {
namespace {

constexpr std::string_view kProperties = "kafka.properties.";

ConfigNode& member_of(ConfigNode& node, std::string_view key, const ConfigMark& mark) {
    if (node.kind != ConfigNode::Kind::mapping) {
        node = make_mapping(mark);
    }
    for (auto& member : node.members) {
        if (member.key == key) {
            return member.value;
        }
    }
    node.members.push_back({std::string{key}, mark, {}});
    return node.members.back().value;
}

/// Gives every feed without `freshness` the one that suits its dialect.
void choose_freshness(ConfigNode& effective) {
    auto& ingest = member_of(effective, "ingest", {});
    for (auto& feed : member_of(ingest, "feeds", {}).items) {
        auto& freshness = member_of(feed, "freshness", {});
        if (freshness.kind == ConfigNode::Kind::null) {
            const bool native = member_of(feed, "dialect", {}).text == "native";
            auto chosen = make_scalar(native ? "heartbeat" : "traffic", freshness.mark);
            chosen.quoting = ConfigNode::Quoting::quoted;
            freshness = std::move(chosen);
        }
    }
}

}  // namespace

Checked<Configuration> read_configuration(
    const ConfigNode& written, const ConfigurationContext& context
) {
    Mistakes mistakes;
    auto effective = complete(written, setting_table(), mistakes);
    check_rules_between_settings(effective, context, mistakes);
    if (!mistakes.empty()) {
        return tl::unexpected<Mistakes>(std::move(mistakes));
    }
    choose_freshness(effective);
    auto settings = make_settings(effective, context.credentials_directory);
    return Configuration{.settings = std::move(settings), .effective = std::move(effective)};
}

void set_at_path(ConfigNode& root, std::string_view path, ConfigNode value) {
    auto* node = &root;
    auto rest = path;
    while (!rest.empty()) {
        const auto done = path.size() - rest.size();
        const bool property = path.substr(0, done) == kProperties;
        const auto dot = property ? std::string_view::npos : rest.find('.');
        node = &member_of(*node, rest.substr(0, dot), value.mark);
        rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    }
    *node = std::move(value);
}

std::string config_hash(const ConfigNode& effective, const Crypto& crypto) {
    return to_hex(as_view(crypto.sha256(flow_text(effective))));
}

}  // namespace numproof
