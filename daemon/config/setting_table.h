// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/config/text_forms.h"

namespace numproof {

/// What may stand behind a key.
enum class SettingType : std::uint8_t {
    section,     ///< A mapping of known keys.
    entries,     ///< A list of mappings of known keys.
    text,        ///< One text of some form.
    texts,       ///< A list of texts of some form.
    choice,      ///< One of a few words.
    choices,     ///< A list of different words out of a few.
    integer,     ///< A whole number, or the word `word`.
    decimal,     ///< A number with at most one point.
    boolean,     ///< `true` or `false`.
    duration,    ///< A whole number with `ms`, `s`, `m` or `h`.
    size,        ///< A whole number with `B`, `KiB`, `MiB` or `GiB`.
    properties,  ///< A mapping of any keys to plain values: librdkafka's own settings.
};

/// Whether a setting may have no value.
enum class Nullable : std::uint8_t {
    no,
    yes,
    in_sandbox,  ///< Only the sandbox has a value of its own to put in its place.
};

/// The bounds of a quantity, as the operator would write them; for lists: of their length.
struct SettingRange {
    std::string_view low{};
    std::string_view high{};
};

/// All that is known about one key: the loader, the defaults, the commented file and the manual
/// are made from it.
struct Setting {
    std::string_view key{};
    SettingType type = SettingType::text;
    std::string_view fallback{};  ///< The default as flow YAML; empty: must be given.
    std::string_view doc{};       ///< Whole sentences, for the operator.
    Nullable nullable = Nullable::no;
    SettingRange range{};
    std::string_view choices{};  ///< `a|b|c`
    std::string_view word{};     ///< For `integer`: what may stand instead.
    TextForm form = text_form::any;
    std::string_view unsupported{};  ///< Choices that this version cannot do, or `*`: any value.
    std::string_view example{};      ///< For the manual, where the default says too little.
    std::span<const Setting> members{};
};

/// The root of `numproof.yaml`: a section whose members are all the settings there are.
[[nodiscard]] const Setting& setting_table() noexcept;

/// `clients.yaml`: a list of entries.
[[nodiscard]] const Setting& client_table() noexcept;

/// The words of `a|b|c`.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view choices);

}  // namespace numproof
