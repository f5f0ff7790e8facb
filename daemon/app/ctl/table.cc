// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/table.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <simdjson.h>

#include "daemon/app/ctl/columns.h"
#include "daemon/app/ctl/printable.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::string plain(const element& value) {
    if (value.is_string()) {
        return printable_lines(std::string_view{value.get_string()});
    }
    return simdjson::minify(value);
}

bool is_row(const element& value) {
    return value.is_object() || value.is_array();
}

/// In one cell: a list is joined, a line break a space.
std::string cell(const element& value) {
    std::string text;
    if (value.is_array()) {
        for (const auto part : value.get_array()) {
            text += (text.empty() ? "" : ", ") + cell(part);
        }
    } else if (!value.is_null()) {
        text = plain(value);
        std::ranges::replace(text, '\n', ' ');
    }
    return text.empty() ? "-" : text;
}

std::string title_of(std::string_view key) {
    auto title = printable(key);
    std::ranges::transform(title, title.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return title;
}

std::string as_columns(const simdjson::dom::array& objects) {
    std::vector<std::string_view> keys;
    for (const auto object : objects) {
        for (const auto& [key, value] : object.get_object()) {
            if (std::ranges::find(keys, key) == keys.end()) {
                keys.push_back(key);
            }
        }
    }
    std::vector<Row> rows(1);
    std::ranges::transform(keys, std::back_inserter(rows.front()), title_of);
    for (const auto object : objects) {
        auto& row = rows.emplace_back();
        for (const auto key : keys) {
            element value;
            const bool given = object[key].get(value) == simdjson::SUCCESS;
            row.push_back(given ? cell(value) : "-");
        }
    }
    return columns(rows, keys.size());
}

void write(std::string& out, const std::string& name, const element& value);

void write_object(
    std::string& out, const std::string& prefix, const simdjson::dom::object& object
) {
    for (const auto& [key, value] : object) {
        write(out, prefix.empty() ? printable(key) : prefix + "." + printable(key), value);
    }
}

void write_array(std::string& out, const std::string& name, const element& value) {
    const simdjson::dom::array array = value.get_array();
    const bool objects =
        std::ranges::all_of(array, [](const element& one) { return one.is_object(); });
    if (array.size() != 0 && objects) {
        out += name.empty() ? "" : "\n" + name + ":\n";
        out += as_columns(array);
    } else {
        out += (name.empty() ? "" : name + ": ") + cell(value) + "\n";
    }
}

void write(std::string& out, const std::string& name, const element& value) {
    if (value.is_object()) {
        write_object(out, name, value.get_object());
    } else if (value.is_array()) {
        write_array(out, name, value);
    } else {
        const auto text = plain(value);
        out += name + (text.find('\n') == std::string::npos ? ": " : ":\n") + text + "\n";
    }
}

}  // namespace

std::string as_table(std::string_view json) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{json};
    element root;
    if (parser.parse(padded).get(root) != simdjson::SUCCESS || !is_row(root)) {
        return std::string{json};
    }
    std::string out;
    write(out, {}, root);
    return out;
}

}  // namespace numproof::ctl
