// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "daemon/config/config_node.h"

namespace numproof {

/// Something that the operator has to change. It never repeats a value, since any value may be a
/// secret in the wrong place.
struct Mistake {
    ConfigMark at;
    std::string message;
    std::string suggestion;  ///< The known word that was probably meant; empty: none.

    auto operator<=>(const Mistake&) const = default;
};

/// Everything that is wrong, for one look and one correction.
using Mistakes = std::vector<Mistake>;

/// A value, or everything that is wrong with what it should be made of.
template <typename T>
using Checked = tl::expected<T, Mistakes>;

/// `file:line:col: message (did you mean "…"?)`; without lines: `source: message`.
[[nodiscard]] std::string to_text(const Mistake& mistake);

/// One mistake a line, in the order of the places where they stand; what was set on the command
/// line comes last. Repetitions are left out.
[[nodiscard]] std::string to_text(const Mistakes& mistakes);

/// The word of `known` that is nearest to `word`, if it is near enough for a typing error.
[[nodiscard]] std::string nearest_word(
    std::string_view word, const std::vector<std::string_view>& known
);

/// `key` in quotes if it looks like one, else nothing: it might be a secret.
[[nodiscard]] std::string quoted_key(std::string_view key);

}  // namespace numproof
