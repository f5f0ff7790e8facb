// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/mistake.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace numproof {
namespace {

constexpr std::size_t kKeyLengthMax = 40;
// Of two letters, one wrong is half of it.
constexpr std::size_t kWordLengthMin = 3;

bool before(const Mistake& a, const Mistake& b) {
    if ((a.at.line == 0) != (b.at.line == 0)) {
        return b.at.line == 0;
    }
    return a < b;
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> older(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], older[j - 2] + 1);
            }
        }
        std::swap(older, previous);
        std::swap(previous, current);
    }
    return previous[b.size()];
}

bool is_key_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

}  // namespace

std::string to_text(const Mistake& mistake) {
    std::string text = mistake.at.source;
    if (mistake.at.line > 0) {
        text += ":" + std::to_string(mistake.at.line) + ":" + std::to_string(mistake.at.column);
    }
    text += ": " + mistake.message;
    if (!mistake.suggestion.empty()) {
        text += " (did you mean \"" + mistake.suggestion + "\"?)";
    }
    return text;
}

std::string to_text(const Mistakes& mistakes) {
    auto sorted = mistakes;
    std::ranges::sort(sorted, before);
    const auto repeated = std::ranges::unique(sorted);
    sorted.erase(repeated.begin(), repeated.end());
    std::string text;
    for (const auto& mistake : sorted) {
        text += to_text(mistake) + "\n";
    }
    return text;
}

std::string nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
    if (word.size() < kWordLengthMin || word.size() > kKeyLengthMax) {
        return {};
    }
    std::string nearest;
    // A third of the word may be wrong; more is another word.
    std::size_t distance_max = std::max<std::size_t>(1, (word.size() + 2) / 3);
    for (const auto candidate : known) {
        const auto distance = edit_distance(word, candidate);
        if (distance < distance_max || (distance == distance_max && nearest.empty())) {
            nearest = candidate;
            distance_max = distance;
        }
    }
    return nearest;
}

std::string quoted_key(std::string_view key) {
    if (key.empty() || key.size() > kKeyLengthMax || !std::ranges::all_of(key, is_key_character)) {
        return {};
    }
    return "\"" + std::string{key} + "\"";
}

}  // namespace numproof
