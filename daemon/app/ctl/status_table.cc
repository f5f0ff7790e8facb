// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/status_table.h"

#include <simdjson.h>

#include "daemon/app/ctl/printable.h"
#include "daemon/app/ctl/table.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;

std::string text_at(const element& root, std::string_view pointer) {
    element value;
    if (root.at_pointer(pointer).get(value) != simdjson::SUCCESS) {
        return "?";
    }
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? printable(text) : simdjson::minify(value);
}

std::string troubles_of(const element& root) {
    std::string text;
    simdjson::dom::array troubles;
    if (root["troubles"].get(troubles) != simdjson::SUCCESS) {
        return text;
    }
    for (const auto trouble : troubles) {
        std::string_view words;
        if (trouble.get(words) == simdjson::SUCCESS) {
            text += (text.empty() ? "" : "; ") + printable(words);
        }
    }
    return text;
}

/// `ready`, or `not ready` and why.
std::string readiness(const element& root) {
    bool ready = false;
    if (root["ready"].get(ready) != simdjson::SUCCESS) {
        return "unknown";
    }
    const auto troubles = troubles_of(root);
    return ready ? "ready" : "not ready" + (troubles.empty() ? "" : ": " + troubles);
}

bool parse(simdjson::dom::parser& parser, std::string_view json, element& root) {
    const simdjson::padded_string padded{json};
    return parser.parse(padded).get(root) == simdjson::SUCCESS && root.is_object();
}

}  // namespace

std::string status_table(std::string_view json, Colour colour) {
    simdjson::dom::parser parser;
    element root;
    if (!parse(parser, json, root)) {
        return as_table(json);
    }
    auto words = readiness(root);
    if (colour == Colour::some) {
        words = (words == "ready" ? "\x1b[32m" : "\x1b[31m") + words + "\x1b[0m";
    }
    return text_at(root, "/node") + " is " + words + "\n\n" + as_table(json);
}

std::string status_line(std::string_view json) {
    simdjson::dom::parser parser;
    element root;
    if (!parse(parser, json, root)) {
        return printable(json);
    }
    return readiness(root) + ", directory " + text_at(root, "/directory/standing") +
           ", watermark " + text_at(root, "/directory/watermark_age_ms") + " ms, connections " +
           text_at(root, "/connections") + ", undelivered events " +
           text_at(root, "/audit/undelivered_events");
}

}  // namespace numproof::ctl
