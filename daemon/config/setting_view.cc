// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/setting_view.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/config/scalar_text.h"

namespace numproof {

SettingView SettingView::operator[](std::string_view path) const {
    const auto* found = node_->find_path(path);
    NP_CHECK(found != nullptr);
    return SettingView{*found};
}

std::string SettingView::text() const {
    return node_->text;
}

bool SettingView::boolean() const {
    return node_->text == "true";
}

std::uint32_t SettingView::integer() const {
    const auto value = parse_integer(node_->text);
    NP_CHECK(value.has_value());
    return static_cast<std::uint32_t>(*value);
}

double SettingView::decimal() const {
    const auto value = parse_decimal(node_->text);
    NP_CHECK(value.has_value());
    return *value;
}

Milliseconds SettingView::duration() const {
    const auto value = parse_duration(node_->text);
    NP_CHECK(value.has_value());
    return *value;
}

std::uint64_t SettingView::size() const {
    const auto value = parse_size(node_->text);
    NP_CHECK(value.has_value());
    return *value;
}

std::vector<SettingView> SettingView::items() const {
    return {node_->items.begin(), node_->items.end()};
}

std::vector<std::string> SettingView::texts() const {
    std::vector<std::string> texts;
    texts.reserve(node_->items.size());
    for (const auto& item : node_->items) {
        texts.push_back(item.text);
    }
    return texts;
}

std::vector<IpPrefix> SettingView::prefixes() const {
    std::vector<IpPrefix> prefixes;
    for (const auto& item : node_->items) {
        const auto prefix = IpPrefix::parse(item.text);
        NP_CHECK(prefix.has_value());
        prefixes.push_back(*prefix);
    }
    return prefixes;
}

std::optional<RateLimit> SettingView::rate_limit() const {
    if (null()) {
        return std::nullopt;
    }
    return RateLimit{.rate = (*this)["rate"].decimal(), .burst = (*this)["burst"].decimal()};
}

bool SettingView::has(std::string_view word) const {
    return std::ranges::find(node_->items, word, &ConfigNode::text) != node_->items.end();
}

}  // namespace numproof
