// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/text_member.h"

#include <string_view>

#include <simdjson.h>

namespace numproof::ctl {

std::string text_member(const std::string& json, const char* name) {
    simdjson::dom::parser parser;
    std::string_view value;
    if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) {
        return {};
    }
    return std::string{value};
}

}  // namespace numproof::ctl
