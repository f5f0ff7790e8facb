// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/config/config_node.h"
#include "daemon/domain/address.h"
#include "daemon/domain/client.h"

namespace numproof {

/// Typed access to a tree that complete() found nothing wrong with: asking for a key or a type
/// that the table does not have is a bug. It borrows the tree.
class SettingView {
public:
    explicit SettingView(const ConfigNode& node) noexcept : node_(&node) {}

    /// The value under a dotted path.
    [[nodiscard]] SettingView operator[](std::string_view path) const;

    [[nodiscard]] bool null() const noexcept { return node_->kind == ConfigNode::Kind::null; }

    [[nodiscard]] const ConfigNode& node() const noexcept { return *node_; }

    /// The text; empty for null.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] bool boolean() const;

    [[nodiscard]] std::uint32_t integer() const;

    [[nodiscard]] double decimal() const;

    [[nodiscard]] Milliseconds duration() const;

    [[nodiscard]] std::uint64_t size() const;

    /// The items of a list.
    [[nodiscard]] std::vector<SettingView> items() const;

    /// The texts of a list.
    [[nodiscard]] std::vector<std::string> texts() const;

    /// The networks of a list.
    [[nodiscard]] std::vector<IpPrefix> prefixes() const;

    /// `{rate, burst}`; null: none.
    [[nodiscard]] std::optional<RateLimit> rate_limit() const;

    /// True if the list has this word.
    [[nodiscard]] bool has(std::string_view word) const;

private:
    const ConfigNode* node_;
};

}  // namespace numproof
