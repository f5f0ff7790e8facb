// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "daemon/config/config_node.h"

namespace numproof {

/// What the builder throws through yaml-cpp; read_yaml() catches it.
class UnusableYaml : public std::runtime_error {
public:
    UnusableYaml(const char* what, ConfigMark mark) : runtime_error(what), mark_(std::move(mark)) {}

    [[nodiscard]] const ConfigMark& mark() const noexcept { return mark_; }

private:
    ConfigMark mark_;
};

/// Makes our tree from yaml-cpp's events.
class NodeBuilder final : public YAML::EventHandler {
public:
    explicit NodeBuilder(std::string source) : source_(std::move(source)) {}

    void OnDocumentStart(const YAML::Mark& mark) override;

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override;
    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style
    ) override;
    void OnSequenceEnd() override;
    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style
    ) override;
    void OnMapEnd() override;

    /// The document, after its last event.
    [[nodiscard]] ConfigNode take() { return std::move(root_); }

    /// Our form of yaml-cpp's `mark`.
    [[nodiscard]] ConfigMark at(const YAML::Mark& mark) const;

private:
    /// A list or mapping that is still being read.
    struct Open {
        ConfigNode node;
        YAML::anchor_t anchor = 0;
        bool key_is_next = true;
    };

    void add(ConfigNode node, YAML::anchor_t anchor);
    void add_to_mapping(Open& open, ConfigNode node);
    void open(ConfigNode node, YAML::anchor_t anchor);
    void close();
    void count(std::size_t nodes, const ConfigMark& mark);

    std::string source_;
    ConfigNode root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, ConfigNode> anchored_;
    std::size_t nodes_ = 0;
};

}  // namespace numproof
