// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/setting_words.h"

namespace numproof {
namespace {

std::string one_of(const Setting& setting) {
    std::string words;
    for (const auto word : words_of(setting.choices)) {
        words += (words.empty() ? "" : " | ") + std::string{word};
    }
    return words;
}

std::string bounds(const Setting& setting) {
    const auto& range = setting.range;
    if (range.low == range.high) {
        return std::string{range.low};
    }
    return std::string{range.low} + " to " + std::string{range.high};
}

std::string length(const Setting& setting, const std::string& what) {
    return "list of " + what + (setting.range.high.empty() ? "" : ", " + bounds(setting));
}

std::string plain_words(const Setting& setting) {
    switch (setting.type) {
        case SettingType::section:
            return "mapping";
        case SettingType::entries:
            return length(setting, "mappings");
        case SettingType::text:
            return setting.form == text_form::file ? "file" : "text";
        case SettingType::texts:
            return length(setting, "texts");
        case SettingType::choice:
            return one_of(setting);
        case SettingType::choices:
            return "list of " + one_of(setting);
        case SettingType::integer:
            return "number, " + bounds(setting) +
                   (setting.word.empty() ? "" : ", or " + std::string{setting.word});
        case SettingType::decimal:
            return "number, " + bounds(setting);
        case SettingType::boolean:
            return "true | false";
        case SettingType::duration:
            return "duration, " + bounds(setting);
        case SettingType::size:
            return "size, " + bounds(setting);
        case SettingType::properties:
            return "mapping of properties to values, " + bounds(setting);
    }
    return {};
}

}  // namespace

std::string value_words(const Setting& setting) {
    switch (setting.nullable) {
        case Nullable::no:
            return plain_words(setting);
        case Nullable::yes:
            return plain_words(setting) + ", or null";
        case Nullable::in_sandbox:
            return plain_words(setting) + ", or null in the sandbox";
    }
    return {};
}

std::string default_words(const Setting& setting) {
    if (!setting.fallback.empty()) {
        return std::string{setting.fallback};
    }
    return setting.type == SettingType::section ? std::string{} : std::string{kMustBeSet};
}

}  // namespace numproof
