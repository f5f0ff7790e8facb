// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config_node.h"

#include <algorithm>
#include <utility>

namespace numproof {

const ConfigNode* ConfigNode::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(members, key, &ConfigMember::key);
    return found == members.end() ? nullptr : &found->value;
}

const ConfigNode* ConfigNode::find_path(std::string_view path) const noexcept {
    const ConfigNode* node = this;
    while (node != nullptr && !path.empty()) {
        const auto dot = path.find('.');
        node = node->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return node;
}

ConfigNode make_scalar(std::string text, const ConfigMark& mark) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::scalar;
    node.text = std::move(text);
    node.mark = mark;
    return node;
}

ConfigNode make_mapping(const ConfigMark& mark) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::mapping;
    node.mark = mark;
    return node;
}

}  // namespace numproof
