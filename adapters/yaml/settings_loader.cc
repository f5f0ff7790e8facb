// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/settings_loader.h"

#include <utility>

#include "adapters/yaml/file_reader.h"
#include "adapters/yaml/yaml_reader.h"
#include "daemon/config/clients.h"

namespace numproof {
namespace {

/// Everything inside of `node` stands where the override stands.
void set_mark(ConfigNode& node, const ConfigMark& mark) {
    node.mark = mark;
    for (auto& item : node.items) {
        set_mark(item, mark);
    }
    for (auto& member : node.members) {
        member.mark = mark;
        set_mark(member.value, mark);
    }
}

bool is_path(std::string_view key) {
    return !quoted_key(key.substr(0, 40)).empty() && key.size() <= 120 && !key.starts_with('.') &&
           !key.ends_with('.') && key.find("..") == std::string_view::npos;
}

void apply_override(const std::string& text, ConfigNode& root, Mistakes& mistakes) {
    const auto equals = text.find('=');
    const auto key = std::string_view{text}.substr(0, equals);
    if (equals == std::string::npos || !is_path(key)) {
        mistakes.push_back({{.source = "--set"}, "must be KEY=VALUE, KEY a dotted path", {}});
        return;
    }
    const ConfigMark mark{.source = "--set " + std::string{key}};
    auto value = read_yaml(std::string_view{text}.substr(equals + 1), mark.source);
    if (!value) {
        for (auto& mistake : value.error()) {
            mistake.at = mark;
            mistakes.push_back(std::move(mistake));
        }
        return;
    }
    set_mark(*value, mark);
    set_at_path(root, key, *std::move(value));
}

tl::unexpected<Mistakes> unreadable(const std::string& path, const Error& error) {
    // The detail begins with the path, which stands in the mark already.
    auto reason = error.detail.substr(path.size() + 2);
    return tl::unexpected<Mistakes>(Mistakes{{{.source = path}, std::move(reason), {}}});
}

}  // namespace

Checked<Configuration> load_settings(
    const YamlText& text,
    const std::vector<std::string>& overrides,
    const ConfigurationContext& context
) {
    auto root = read_yaml(text.content, text.source);
    if (!root) {
        return tl::unexpected<Mistakes>(std::move(root.error()));
    }
    Mistakes mistakes;
    for (const auto& override_text : overrides) {
        apply_override(override_text, *root, mistakes);
    }
    auto read = read_configuration(*root, context);
    if (!read) {
        mistakes.insert(mistakes.end(), read.error().begin(), read.error().end());
    }
    if (!mistakes.empty()) {
        return tl::unexpected<Mistakes>(std::move(mistakes));
    }
    return read;
}

Checked<Configuration> load_settings_file(
    const std::string& path,
    const std::vector<std::string>& overrides,
    const ConfigurationContext& context
) {
    const auto content = read_file(path, {});
    if (!content) {
        return unreadable(path, content.error());
    }
    return load_settings({.source = path, .content = *content}, overrides, context);
}

Checked<ClientRegistry> load_clients(const YamlText& text) {
    const auto root = read_yaml(text.content, text.source);
    if (!root) {
        return tl::unexpected<Mistakes>(root.error());
    }
    return read_clients(*root);
}

Checked<ClientRegistry> load_clients_file(const std::string& path) {
    const auto content = read_file(path, {});
    if (!content) {
        return unreadable(path, content.error());
    }
    return load_clients({.source = path, .content = *content});
}

}  // namespace numproof
