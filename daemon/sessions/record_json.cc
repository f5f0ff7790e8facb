// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/record_json.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace numproof::decoding {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kNameMax = 256;

// simdjson keeps duplicates: the last or the first would win, depending on who reads.
bool has_duplicates(const dom::element& element) {
    if (const auto object = element.get_object(); object.error() == simdjson::SUCCESS) {
        std::set<std::string_view> keys;
        for (const auto field : object.value_unsafe()) {
            if (!keys.insert(field.key).second || has_duplicates(field.value)) {
                return true;
            }
        }
        return false;
    }
    if (const auto array = element.get_array(); array.error() == simdjson::SUCCESS) {
        return std::ranges::any_of(array.value_unsafe(), has_duplicates);
    }
    return false;
}

}  // namespace

tl::unexpected<Error> poison(std::string_view reason) {
    return fail(ErrorCode::malformed, std::string{reason});
}

Result<dom::element> parse_record(dom::parser& parser, const FeedRecord& record) {
    if (record.value.size() > kRecordBytesMax) {
        return poison("too_large");
    }
    if (record.value.empty()) {
        return poison("empty");
    }
    dom::element root;
    if (parser.parse(record.value).get(root) != simdjson::SUCCESS) {
        return poison("not_json");
    }
    if (has_duplicates(root)) {
        return poison("duplicate_key");
    }
    return root;
}

Result<dom::object> parse_object(dom::parser& parser, const FeedRecord& record) {
    auto root = parse_record(parser, record);
    if (!root) {
        return pass_on(root);
    }
    dom::object object;
    if (root->get(object) != simdjson::SUCCESS) {
        return poison("not_an_object");
    }
    return object;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    });
}

std::optional<std::int64_t> whole_number(const dom::element& element) {
    std::int64_t number = 0;
    if (element.get(number) == simdjson::SUCCESS) {
        return number;
    }
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS || text.empty() || text.front() == '-') {
        return std::nullopt;
    }
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool whole = read.ec == std::errc{} && read.ptr == end;
    return whole ? std::optional{number} : std::nullopt;
}

std::vector<dom::element> items_of(const dom::element& element) {
    if (dom::array list; element.get(list) == simdjson::SUCCESS) {
        return std::vector<dom::element>(list.begin(), list.end());
    }
    return {element};
}

std::optional<dom::element> Fields::find(std::string_view name) const {
    dom::element element;
    const bool found = object_.at_key(name).get(element) == simdjson::SUCCESS;
    return found && !element.is_null() ? std::optional{element} : std::nullopt;
}

Result<std::optional<std::string_view>> Fields::text(std::string_view name, std::string_view reason)
    const {
    const auto element = find(name);
    if (!element) {
        return std::nullopt;
    }
    std::string_view value;
    if (element->get(value) != simdjson::SUCCESS || !is_name(value)) {
        return poison(reason);
    }
    return value;
}

Result<std::string_view> Fields::required_text(std::string_view name, std::string_view reason)
    const {
    auto value = text(name, reason);
    if (!value) {
        return pass_on(value);
    }
    if (!*value) {
        return poison(reason);
    }
    return **value;
}

}  // namespace numproof::decoding
