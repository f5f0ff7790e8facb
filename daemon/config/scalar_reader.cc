// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/scalar_reader.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/config/mistake.h"
#include "daemon/config/scalar_text.h"

namespace numproof {
namespace {

using Read = tl::expected<ConfigNode, Refused>;

tl::unexpected<Refused> refused(std::string message, std::string suggestion = {}) {
    return tl::unexpected<Refused>({std::move(message), std::move(suggestion)});
}

Read canonical(const ConfigNode& written, std::string text) {
    return make_scalar(std::move(text), written.mark);
}

std::string from_to(const SettingRange& range) {
    return " from " + std::string{range.low} + " to " + std::string{range.high};
}

/// `value` if there is one and it lies within the bounds that `parse` reads from `range`.
template <typename T>
std::optional<T> within(
    std::optional<T> value,
    const SettingRange& range,
    std::optional<T> (*parse)(std::string_view) noexcept
) {
    const auto low = parse(range.low);
    const auto high = parse(range.high);
    NP_CHECK(low && high);
    return value && *value >= *low && *value <= *high ? value : std::nullopt;
}

Read read_text(const Setting& setting, const ConfigNode& written) {
    if (auto complaint = setting.form(written.text)) {
        return refused(*std::move(complaint));
    }
    auto node = make_scalar(written.text, written.mark);
    node.quoting = ConfigNode::Quoting::quoted;
    return node;
}

Read check_supported(const Setting& setting, Read read) {
    const auto missing = words_of(setting.unsupported);
    if (read && std::ranges::find(missing, read->text) != missing.end()) {
        return refused(read->text + " is not supported by this version");
    }
    return read;
}

Read read_choice(const Setting& setting, const ConfigNode& written) {
    const auto words = words_of(setting.choices);
    if (std::ranges::find(words, written.text) != words.end()) {
        auto node = make_scalar(written.text, written.mark);
        node.quoting = ConfigNode::Quoting::quoted;
        return check_supported(setting, std::move(node));
    }
    if (words.size() == 1) {
        return refused("must be " + std::string{words.front()});
    }
    std::string list;
    for (const auto word : words) {
        list += (list.empty() ? "" : ", ") + std::string{word};
    }
    return refused("must be one of " + list, nearest_word(written.text, words));
}

Read read_integer(const Setting& setting, const ConfigNode& written) {
    if (!setting.word.empty() && written.text == setting.word) {
        return canonical(written, written.text);
    }
    const auto value = within(parse_integer(written.text), setting.range, &parse_integer);
    if (!value || written.quoting == ConfigNode::Quoting::quoted) {
        const auto word = setting.word.empty() ? "" : ", or " + std::string{setting.word};
        return refused("must be a whole number" + from_to(setting.range) + word);
    }
    return canonical(written, std::to_string(*value));
}

Read read_decimal(const Setting& setting, const ConfigNode& written) {
    const auto value = within(parse_decimal(written.text), setting.range, &parse_decimal);
    if (!value || written.quoting == ConfigNode::Quoting::quoted) {
        return refused("must be a number" + from_to(setting.range));
    }
    return canonical(written, written.text);
}

Read read_boolean(const Setting& setting, const ConfigNode& written) {
    if (!parse_boolean(written.text) || written.quoting == ConfigNode::Quoting::quoted) {
        return refused("must be true or false");
    }
    return check_supported(setting, canonical(written, written.text));
}

Read read_duration(const Setting& setting, const ConfigNode& written) {
    const auto value = within(parse_duration(written.text), setting.range, &parse_duration);
    if (!value) {
        return refused("must be a duration (ms, s, m, h)" + from_to(setting.range));
    }
    return canonical(written, duration_text(*value));
}

Read read_size(const Setting& setting, const ConfigNode& written) {
    const auto value = within(parse_size(written.text), setting.range, &parse_size);
    if (!value) {
        return refused("must be a size (B, KiB, MiB, GiB)" + from_to(setting.range));
    }
    return canonical(written, size_text(*value));
}

}  // namespace

tl::expected<ConfigNode, Refused> read_scalar(const Setting& setting, const ConfigNode& written) {
    if (written.kind != ConfigNode::Kind::scalar) {
        return refused("must be a single value");
    }
    switch (setting.type) {
        case SettingType::text:
        case SettingType::texts:
            return read_text(setting, written);
        case SettingType::choice:
        case SettingType::choices:
            return read_choice(setting, written);
        case SettingType::integer:
            return read_integer(setting, written);
        case SettingType::decimal:
            return read_decimal(setting, written);
        case SettingType::boolean:
            return read_boolean(setting, written);
        case SettingType::duration:
            return read_duration(setting, written);
        case SettingType::size:
            return read_size(setting, written);
        case SettingType::section:
        case SettingType::entries:
        case SettingType::properties:
            return written;
    }
    return written;
}

}  // namespace numproof
