// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace numproof {

/// Where something stands in what the operator wrote.
struct ConfigMark {
    std::string source{};  ///< A file's path, or `--set KEY`.
    unsigned line = 0;     ///< From 1; 0 if the source has no lines.
    unsigned column = 0;   ///< From 1; 0 if the source has no lines.

    auto operator<=>(const ConfigMark&) const = default;
};

struct ConfigMember;

/// A piece of configuration as it was written, whatever the syntax it was written in.
/// Nothing is judged yet: a mapping keeps its duplicate keys.
struct ConfigNode {
    enum class Kind : std::uint8_t { null, scalar, list, mapping };
    /// Quoted text is never read as a number, a word or null.
    enum class Quoting : std::uint8_t { plain, quoted };

    Kind kind = Kind::null;
    Quoting quoting = Quoting::plain;
    std::string text;                   ///< Of a scalar.
    std::vector<ConfigNode> items;      ///< Of a list.
    std::vector<ConfigMember> members;  ///< Of a mapping, in the order of writing.
    ConfigMark mark;

    /// The member called `key`, or null.
    [[nodiscard]] const ConfigNode* find(std::string_view key) const noexcept;

    /// The node under the dotted `path` of mappings, or null.
    [[nodiscard]] const ConfigNode* find_path(std::string_view path) const noexcept;
};

/// A key and its value in a mapping.
struct ConfigMember {
    std::string key;
    ConfigMark mark;
    ConfigNode value;
};

/// A plain scalar that stands at `mark`.
[[nodiscard]] ConfigNode make_scalar(std::string text, const ConfigMark& mark);

/// An empty mapping that stands at `mark`.
[[nodiscard]] ConfigNode make_mapping(const ConfigMark& mark);

}  // namespace numproof
