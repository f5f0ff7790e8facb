// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/flow_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

/// What is left of a flow text.
struct Cursor {
    std::string_view rest;
    const ConfigMark& mark;

    char next() {
        const auto begin = rest.find_first_not_of(' ');
        rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
        return rest.empty() ? '\0' : rest.front();
    }

    void take(char wanted) {
        NP_CHECK(next() == wanted);
        rest.remove_prefix(1);
    }
};

ConfigNode read_node(Cursor& cursor);

ConfigNode read_quoted(Cursor& cursor) {
    cursor.take('"');
    const auto end = cursor.rest.find('"');
    NP_CHECK(end != std::string_view::npos);
    auto node = make_scalar(std::string{cursor.rest.substr(0, end)}, cursor.mark);
    node.quoting = ConfigNode::Quoting::quoted;
    cursor.rest.remove_prefix(end + 1);
    return node;
}

ConfigNode read_plain(Cursor& cursor) {
    std::size_t end = 0;
    while (end < cursor.rest.size() && cursor.rest[end] != ',' && cursor.rest[end] != ']' &&
           cursor.rest[end] != '}' && cursor.rest.substr(end, 2) != ": ") {
        ++end;
    }
    auto node = make_scalar(std::string{cursor.rest.substr(0, end)}, cursor.mark);
    cursor.rest.remove_prefix(end);
    if (node.text == "null") {
        node.kind = ConfigNode::Kind::null;
        node.text.clear();
    }
    return node;
}

ConfigNode read_list(Cursor& cursor) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::list;
    node.mark = cursor.mark;
    cursor.take('[');
    while (cursor.next() != ']') {
        node.items.push_back(read_node(cursor));
        if (cursor.next() == ',') {
            cursor.take(',');
        }
    }
    cursor.take(']');
    return node;
}

ConfigNode read_mapping(Cursor& cursor) {
    auto node = make_mapping(cursor.mark);
    cursor.take('{');
    while (cursor.next() != '}') {
        auto key = read_plain(cursor).text;
        cursor.take(':');
        node.members.push_back({std::move(key), cursor.mark, read_node(cursor)});
        if (cursor.next() == ',') {
            cursor.take(',');
        }
    }
    cursor.take('}');
    return node;
}

ConfigNode read_node(Cursor& cursor) {
    switch (cursor.next()) {
        case '[':
            return read_list(cursor);
        case '{':
            return read_mapping(cursor);
        case '"':
            return read_quoted(cursor);
        default:
            return read_plain(cursor);
    }
}

/// True if every YAML parser takes the plain `text` for this very text.
bool is_plain_safe(std::string_view text) {
    constexpr std::string_view kSafe =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/._-+$";
    constexpr std::array<std::string_view, 11> kWords{
        "null", "Null", "NULL", "true", "false", "yes", "no", "on", "off", "y", "n"};
    return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos &&
           text.front() != '-' && std::ranges::find(kWords, text) == kWords.end();
}

bool looks_like_a_number(std::string_view text) {
    return text.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
}

std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            made += '\\';
            made += c;
        } else if (octet < 0x20 || octet == 0x7f) {
            made += "\\x" + to_hex({&c, 1});
        } else {
            made += c;
        }
    }
    return made + "\"";
}

std::string scalar_text(const ConfigNode& node) {
    const bool plain = node.quoting == ConfigNode::Quoting::plain;
    const bool word = plain && (node.text == "true" || node.text == "false");
    const bool ambiguous = !plain && looks_like_a_number(node.text);
    return word || (is_plain_safe(node.text) && !ambiguous) ? node.text : quoted(node.text);
}

}  // namespace

ConfigNode parse_flow(std::string_view text, const ConfigMark& mark) {
    Cursor cursor{.rest = text, .mark = mark};
    auto node = read_node(cursor);
    NP_CHECK(cursor.next() == '\0');
    return node;
}

std::string flow_text(const ConfigNode& node) {
    std::string text;
    switch (node.kind) {
        case ConfigNode::Kind::null:
            return "null";
        case ConfigNode::Kind::scalar:
            return scalar_text(node);
        case ConfigNode::Kind::list:
            for (const auto& item : node.items) {
                text += (text.empty() ? "" : ", ") + flow_text(item);
            }
            return "[" + text + "]";
        case ConfigNode::Kind::mapping:
            for (const auto& member : node.members) {
                text += (text.empty() ? "" : ", ") + flow_text(make_scalar(member.key, {})) + ": " +
                        flow_text(member.value);
            }
            return "{" + text + "}";
    }
    return text;
}

}  // namespace numproof
