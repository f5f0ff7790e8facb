// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/node_builder.h"

#include <utility>

namespace numproof {
namespace {

constexpr std::size_t kNodesMax = 100'000;
constexpr std::size_t kDepthMax = 32;

std::size_t nodes_in(const ConfigNode& node) {
    std::size_t nodes = 1;
    for (const auto& item : node.items) {
        nodes += nodes_in(item);
    }
    for (const auto& member : node.members) {
        nodes += nodes_in(member.value);
    }
    return nodes;
}

ConfigNode node_of(ConfigNode::Kind kind, ConfigMark mark) {
    ConfigNode node;
    node.kind = kind;
    node.mark = std::move(mark);
    return node;
}

}  // namespace

ConfigMark NodeBuilder::at(const YAML::Mark& mark) const {
    if (mark.line < 0) {
        return {.source = source_};
    }
    return {
        .source = source_,
        .line = static_cast<unsigned>(mark.line) + 1,
        .column = static_cast<unsigned>(mark.column) + 1};
}

void NodeBuilder::OnDocumentStart(const YAML::Mark& mark) {
    root_ = node_of(ConfigNode::Kind::null, at(mark));
}

void NodeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    add(node_of(ConfigNode::Kind::null, at(mark)), anchor);
}

void NodeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
        throw UnusableYaml("an alias inside of what it names", at(mark));
    }
    // One is counted by add().
    count(nodes_in(found->second) - 1, at(mark));
    add(found->second, YAML::NullAnchor);
}

void NodeBuilder::OnScalar(
    const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value
) {
    auto node = make_scalar(value, at(mark));
    // yaml-cpp gives "?" as the tag of a plain scalar.
    node.quoting = tag == "?" ? ConfigNode::Quoting::plain : ConfigNode::Quoting::quoted;
    add(std::move(node), anchor);
}

void NodeBuilder::OnSequenceStart(
    const YAML::Mark& mark,
    const std::string& /*tag*/,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/
) {
    open(node_of(ConfigNode::Kind::list, at(mark)), anchor);
}

void NodeBuilder::OnSequenceEnd() {
    close();
}

void NodeBuilder::OnMapStart(
    const YAML::Mark& mark,
    const std::string& /*tag*/,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/
) {
    open(node_of(ConfigNode::Kind::mapping, at(mark)), anchor);
}

void NodeBuilder::OnMapEnd() {
    close();
}

void NodeBuilder::open(ConfigNode node, YAML::anchor_t anchor) {
    if (open_.size() == kDepthMax) {
        throw UnusableYaml("nested too deeply", node.mark);
    }
    open_.push_back({.node = std::move(node), .anchor = anchor});
}

void NodeBuilder::close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.node), closed.anchor);
}

void NodeBuilder::add(ConfigNode node, YAML::anchor_t anchor) {
    count(1, node.mark);
    if (anchor != YAML::NullAnchor) {
        anchored_[anchor] = node;
    }
    if (open_.empty()) {
        root_ = std::move(node);
    } else if (open_.back().node.kind == ConfigNode::Kind::list) {
        open_.back().node.items.push_back(std::move(node));
    } else {
        add_to_mapping(open_.back(), std::move(node));
    }
}

void NodeBuilder::add_to_mapping(Open& open, ConfigNode node) {
    if (open.key_is_next) {
        if (node.kind != ConfigNode::Kind::scalar) {
            throw UnusableYaml("a key must be a text", node.mark);
        }
        open.node.members.push_back({std::move(node.text), std::move(node.mark), {}});
    } else {
        open.node.members.back().value = std::move(node);
    }
    open.key_is_next = !open.key_is_next;
}

void NodeBuilder::count(std::size_t nodes, const ConfigMark& mark) {
    nodes_ += nodes;
    if (nodes_ > kNodesMax) {
        throw UnusableYaml("too much: more than 100,000 values", mark);
    }
}

}  // namespace numproof
