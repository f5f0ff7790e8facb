// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/table.h"

#include <simdjson.h>

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

void write(std::string& out, const std::string& name, const element& value);

void write_object(
    std::string& out, const std::string& prefix, const simdjson::dom::object& object
) {
    for (const auto& [key, value] : object) {
        write(out, prefix.empty() ? printable(key) : prefix + "." + printable(key), value);
    }
}

void write_array(std::string& out, const std::string& name, const simdjson::dom::array& array) {
    std::string texts;
    for (const auto value : array) {
        if (is_row(value)) {
            write(out, {}, value);
            out += "\n";
        } else {
            texts += (texts.empty() ? "" : ", ") + plain(value);
        }
    }
    if (array.size() == 0 || !texts.empty()) {
        out += name + ": " + (texts.empty() ? "-" : texts) + "\n";
    }
}

void write(std::string& out, const std::string& name, const element& value) {
    if (value.is_object()) {
        write_object(out, name, value.get_object());
    } else if (value.is_array()) {
        write_array(out, name, value.get_array());
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
