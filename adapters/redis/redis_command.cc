// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_command.h"

#include <array>
#include <charconv>
#include <limits>

namespace numproof {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kDigitsMax = std::numeric_limits<std::size_t>::digits10 + 1;
constexpr std::size_t kAroundWord = 1 + kDigitsMax + 2 * kLineEnd.size();

void add_size(Bytes& out, char kind, std::size_t size) {
    std::array<char, kDigitsMax> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size).ptr;
    out += kind;
    out.append(digits.data(), end);
    out += kLineEnd;
}

}  // namespace

void begin_command(Bytes& out, std::size_t count) {
    add_size(out, '*', count);
}

void add_word(Bytes& out, std::string_view word) {
    add_size(out, '$', word.size());
    out += word;
    out += kLineEnd;
}

Bytes format_command(std::span<const std::string_view> words) {
    std::size_t size = kAroundWord;
    for (const auto word : words) {
        size += kAroundWord + word.size();
    }
    Bytes octets;
    octets.reserve(size);
    begin_command(octets, words.size());
    for (const auto word : words) {
        add_word(octets, word);
    }
    return octets;
}

}  // namespace numproof
