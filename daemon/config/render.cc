// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/render.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "daemon/config/flow_text.h"
#include "daemon/config/setting_words.h"

namespace numproof {
namespace {

constexpr std::size_t kWidth = 100;

std::string spaces(std::size_t depth) {
    return std::string(depth * 2, ' ');
}

/// Where comment lines begin: the depth of the key, and of what is explained below it.
struct Indent {
    std::size_t depth = 0;
    std::size_t inner = 0;
};

/// `text` as comment lines of at most 100 columns; the following ones hang below inner keys.
std::string comment(std::string_view text, const Indent& indent) {
    const auto margin = spaces(indent.depth) + "#" + spaces(indent.inner);
    const auto hanging = margin + (indent.inner > 0 ? "  " : "");
    std::string made;
    std::string line = margin;
    while (!text.empty()) {
        const auto blank = std::min(text.find(' '), text.size());
        if (line.size() + 1 + blank > kWidth) {
            made += line + "\n";
            line = hanging;
        }
        line.append(" ").append(text.substr(0, blank));
        text.remove_prefix(std::min(text.size(), blank + 1));
    }
    return made + line + "\n";
}

void append_block(const ConfigNode& node, std::size_t depth, std::string& yaml) {
    for (const auto& member : node.members) {
        yaml += spaces(depth) + member.key + ":";
        const bool nested = member.value.kind == ConfigNode::Kind::mapping &&
                            !member.value.members.empty() && depth < 3;
        if (nested) {
            yaml += "\n";
            append_block(member.value, depth + 1, yaml);
        } else {
            yaml += " " + flow_text(member.value) + "\n";
        }
    }
}

std::string meaning(const Setting& setting) {
    auto text = std::string{setting.doc} + " [" + value_words(setting) + "]";
    if (!setting.example.empty()) {
        text += " Example: " + std::string{setting.example};
    }
    return text;
}

/// The keys of what may stand under `setting`, as comments.
void append_inner_keys(const Setting& setting, const Indent& indent, std::string& yaml) {
    for (const auto& member : setting.members) {
        auto text = std::string{member.key} + ": " + meaning(member);
        if (const auto words = default_words(member); !words.empty()) {
            text += words == kMustBeSet ? " Must be set." : " Default: " + words + ".";
        }
        yaml += comment(text, indent);
        append_inner_keys(member, {.depth = indent.depth, .inner = indent.inner + 1}, yaml);
    }
}

/// A list of mappings, each on a line of its own.
void append_entries(const Setting& setting, std::size_t depth, std::string& yaml) {
    yaml += ":\n";
    for (const auto& item : parse_flow(setting.fallback, {}).items) {
        yaml += spaces(depth + 1) + "- " + flow_text(item) + "\n";
    }
}

void append_setting(const Setting& setting, std::size_t depth, std::string& yaml) {
    yaml += comment(meaning(setting), {.depth = depth});
    const bool section = setting.type == SettingType::section && setting.fallback.empty();
    if (!section) {
        append_inner_keys(setting, {.depth = depth, .inner = 1}, yaml);
    }
    yaml += spaces(depth) + std::string{setting.key};
    if (section) {
        yaml += ":\n";
        for (const auto& member : setting.members) {
            append_setting(member, depth + 1, yaml);
        }
    } else if (setting.type == SettingType::entries) {
        append_entries(setting, depth, yaml);
    } else {
        yaml += ": " + std::string{setting.fallback} + "\n";
    }
}

std::string in_cell(std::string_view text) {
    std::string cell;
    for (const char c : text) {
        cell += c == '|' ? "\\|" : std::string(1, c);
    }
    return cell;
}

std::string in_code(std::string_view text) {
    return text.empty() ? std::string{} : "`" + in_cell(text) + "`";
}

void append_rows(const Setting& setting, const std::string& path, std::string& page) {
    for (const auto& member : setting.members) {
        auto key = path.empty() ? std::string{member.key} : path + "." + std::string{member.key};
        auto doc = in_cell(member.doc);
        if (!member.example.empty()) {
            doc += " Example: " + in_code(member.example);
        }
        page.append("| `").append(key).append("` | ").append(in_cell(value_words(member)));
        page.append(" | ").append(in_code(default_words(member))).append(" | ").append(doc);
        page.append(" |\n");
        append_rows(member, member.type == SettingType::entries ? key + "[]" : key, page);
    }
}

constexpr std::string_view kTableHead =
    "\n| key | value | default | meaning |\n|---|---|---|---|\n";

}  // namespace

std::string effective_yaml(const ConfigNode& effective) {
    std::string yaml;
    append_block(effective, 0, yaml);
    return yaml;
}

std::string settings_yaml() {
    std::string yaml =
        "# SPDX-License-Identifier: Apache-2.0\n"
        "# Settings of numproofd: every key with its default. Generated from the table that the\n"
        "# loader reads; docs/settings.md is the same as a page. A key that is left out has its\n"
        "# default, an unknown key is an error. Check a change with `numproofd --check-config`.\n"
        "# Durations: ms s m h. Sizes: B KiB MiB GiB. A secret is never written here: it is in a\n"
        "# file, named by its path or as credential:NAME (LoadCredential= of systemd).\n";
    for (const auto& section : setting_table().members) {
        yaml += "\n";
        append_setting(section, 0, yaml);
    }
    return yaml;
}

std::string settings_markdown() {
    std::string page =
        "# Settings\n\n"
        "Generated from the table that the loader reads (`numproof-docs settings-md`).\n\n"
        "- An unknown key is an error. Every mistake is told at once as `file:line:col: message`, "
        "and no message repeats a value.\n"
        "- Durations take `ms s m h`, sizes `B KiB MiB GiB`.\n"
        "- A secret is never written into the configuration. It is in a file, named by its "
        "absolute path, or as `credential:NAME`: then it is read from `$CREDENTIALS_DIRECTORY`, "
        "where systemd's `LoadCredential=` and `LoadCredentialEncrypted=` put it.\n"
        "- Files with keys or passwords that everybody can read are refused.\n"
        "- `numproofd --set KEY=VALUE` overrides one key by its dotted path; the value is YAML, "
        "and a list or a mapping replaces the whole one.\n"
        "- Where the default is `null` or a path, the sandbox may have a value of its own.\n";
    for (const auto& section : setting_table().members) {
        page += "\n## " + std::string{section.key} + "\n\n" + std::string{section.doc} + "\n";
        page += kTableHead;
        append_rows(section, std::string{section.key}, page);
    }
    page +=
        "\n## clients.yaml\n\nA list of clients, each a mapping of these keys. "
        "`numproofctl client secret` makes a secret and its hash.\n";
    page += kTableHead;
    append_rows(client_table(), "", page);
    return page;
}

}  // namespace numproof
