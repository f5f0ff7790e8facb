// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/table_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "daemon/config/flow_text.h"
#include "daemon/config/scalar_reader.h"
#include "daemon/config/scalar_text.h"

namespace numproof {
namespace {

/// A setting at its place in the tree: `http.listen[0].address`.
struct Slot {
    const Setting& setting;
    std::string path;

    [[nodiscard]] Slot member(const Setting& member) const {
        return {
            member, path.empty() ? std::string{member.key} : path + "." + std::string{member.key}};
    }

    [[nodiscard]] Slot item(std::size_t i) const {
        return {setting, path + "[" + std::to_string(i) + "]"};
    }

    /// For messages.
    [[nodiscard]] std::string name() const { return path.empty() ? "the file" : path; }
};

ConfigNode null_at(const ConfigMark& mark) {
    ConfigNode node;
    node.mark = mark;
    return node;
}

class TableReader {
public:
    explicit TableReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    ConfigNode read(const Slot& slot, const ConfigNode& written) {
        const auto& setting = slot.setting;
        if (written.kind == ConfigNode::Kind::null) {
            return read_null(slot, written);
        }
        if (setting.unsupported == "*") {
            return refuse(written, slot.path + " is not supported by this version");
        }
        switch (setting.type) {
            case SettingType::section:
                return read_section(slot, written);
            case SettingType::entries:
            case SettingType::texts:
            case SettingType::choices:
                return read_list(slot, written);
            case SettingType::properties:
                return read_properties(slot, written);
            case SettingType::text:
            case SettingType::choice:
            case SettingType::integer:
            case SettingType::decimal:
            case SettingType::boolean:
            case SettingType::duration:
            case SettingType::size:
                return read_one(slot, written);
        }
        return written;
    }

private:
    ConfigNode refuse(const ConfigNode& written, std::string message, std::string suggestion = {}) {
        mistakes_.push_back({written.mark, std::move(message), std::move(suggestion)});
        return null_at(written.mark);
    }

    ConfigNode read_null(const Slot& slot, const ConfigNode& written) {
        if (slot.setting.nullable != Nullable::no) {
            return null_at(written.mark);
        }
        // `log:` with nothing behind it: a section whose keys are all left out.
        if (slot.setting.type == SettingType::section) {
            return read_section(slot, make_mapping(written.mark));
        }
        return refuse(written, slot.name() + " needs a value");
    }

    ConfigNode read_section(const Slot& slot, const ConfigNode& written) {
        if (written.kind != ConfigNode::Kind::mapping) {
            return refuse(written, slot.name() + " must be a mapping of keys to values");
        }
        check_keys(slot, written);
        auto section = make_mapping(written.mark);
        for (const auto& member : slot.setting.members) {
            section.members.push_back(
                {std::string{member.key}, written.mark, read_member(slot.member(member), written)}
            );
        }
        return section;
    }

    ConfigNode read_member(const Slot& slot, const ConfigNode& section) {
        const auto& setting = slot.setting;
        if (const auto* written = section.find(setting.key); written != nullptr) {
            return read(slot, *written);
        }
        if (!setting.fallback.empty()) {
            return read(slot, parse_flow(setting.fallback, section.mark));
        }
        if (setting.type == SettingType::section) {
            return read(slot, make_mapping(section.mark));
        }
        return refuse(section, slot.path + " is missing");
    }

    void check_keys(const Slot& slot, const ConfigNode& written) {
        std::set<std::string_view> seen;
        for (const auto& member : written.members) {
            const auto& known = slot.setting.members;
            if (std::ranges::find(known, member.key, &Setting::key) == known.end()) {
                mistakes_.push_back(unknown_key(slot, member));
            } else if (!seen.insert(member.key).second) {
                mistakes_.push_back({member.mark, "duplicate key " + quoted_key(member.key), {}});
            }
        }
    }

    static Mistake unknown_key(const Slot& slot, const ConfigMember& member) {
        std::vector<std::string_view> known;
        for (const auto& setting : slot.setting.members) {
            known.push_back(setting.key);
        }
        if (names_a_secret(member.key)) {
            return literal_secret(member, known);
        }
        const auto quoted = quoted_key(member.key);
        auto message = "unknown key" + (quoted.empty() ? "" : " " + quoted);
        if (!slot.path.empty()) {
            message += " in " + slot.path;
        }
        return {member.mark, std::move(message), nearest_word(member.key, known)};
    }

    static Mistake literal_secret(
        const ConfigMember& member, const std::vector<std::string_view>& known
    ) {
        Mistake mistake{
            member.mark, quoted_key(member.key) + ": a secret is never written here", {}};
        for (const std::string_view kind : {"password", "secret", "key"}) {
            for (const std::string_view form : {"_file", "_hash"}) {
                const auto name = std::string{kind}.append(form);
                if (member.key.ends_with(kind) && std::ranges::find(known, name) != known.end()) {
                    mistake.suggestion = name;
                }
            }
        }
        return mistake;
    }

    ConfigNode read_list(const Slot& slot, const ConfigNode& written) {
        const auto& setting = slot.setting;
        if (written.kind != ConfigNode::Kind::list) {
            return refuse(written, slot.name() + " must be a list");
        }
        check_length(slot, {.at = written, .count = written.items.size()});
        ConfigNode list;
        list.kind = ConfigNode::Kind::list;
        list.mark = written.mark;
        for (std::size_t i = 0; i < written.items.size(); ++i) {
            const auto& item = written.items[i];
            list.items.push_back(
                setting.type == SettingType::entries ? read_section(slot.item(i), item)
                                                     : read_one(slot.item(i), item)
            );
        }
        check_repetition(slot, list);
        return list;
    }

    void check_repetition(const Slot& slot, const ConfigNode& list) {
        std::set<std::string_view> seen;
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            const auto& item = list.items[i];
            if (item.kind == ConfigNode::Kind::scalar && !seen.insert(item.text).second) {
                refuse(item, slot.item(i).path + " stands in the list already");
            }
        }
    }

    /// How many things stand at a place.
    struct Length {
        const ConfigNode& at;
        std::size_t count;
    };

    void check_length(const Slot& slot, const Length& length) {
        const auto& range = slot.setting.range;
        const auto count = static_cast<std::int64_t>(length.count);
        if (count < parse_integer(range.low).value_or(0) ||
            count > parse_integer(range.high).value_or(count)) {
            auto bounds = std::string{range.low};
            if (range.low != range.high) {
                bounds += " to " + std::string{range.high};
            }
            refuse(length.at, slot.name() + " must have " + bounds + " entries");
        }
    }

    ConfigNode read_properties(const Slot& slot, const ConfigNode& written) {
        if (written.kind != ConfigNode::Kind::mapping) {
            return refuse(written, slot.path + " must be a mapping of keys to values");
        }
        check_length(slot, {.at = written, .count = written.members.size()});
        auto properties = make_mapping(written.mark);
        for (const auto& member : written.members) {
            if (properties.find(member.key) != nullptr) {
                mistakes_.push_back({member.mark, "duplicate key " + quoted_key(member.key), {}});
            } else if (quoted_key(member.key).empty()) {
                mistakes_.push_back({member.mark, slot.path + ": not the name of a property", {}});
            } else if (member.value.kind != ConfigNode::Kind::scalar) {
                refuse(member.value, slot.path + "." + member.key + " must be a plain value");
            } else {
                properties.members.push_back(member);
                properties.members.back().value.quoting = ConfigNode::Quoting::quoted;
            }
        }
        std::ranges::sort(properties.members, {}, &ConfigMember::key);
        return properties;
    }

    ConfigNode read_one(const Slot& slot, const ConfigNode& written) {
        auto read = read_scalar(slot.setting, written);
        if (!read) {
            return refuse(written, slot.path + " " + read.error().message, read.error().suggestion);
        }
        return *std::move(read);
    }

    Mistakes& mistakes_;
};

}  // namespace

ConfigNode complete(const ConfigNode& written, const Setting& table, Mistakes& mistakes) {
    return TableReader{mistakes}.read({.setting = table, .path = std::string{table.key}}, written);
}

bool names_a_secret(std::string_view key) noexcept {
    constexpr std::array<std::string_view, 5> kEndings{
        "password", "passwd", "secret", "key", "passphrase"};
    return std::ranges::any_of(kEndings, [key](auto ending) { return key.ends_with(ending); });
}

}  // namespace numproof
