// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

#include "daemon/base/bytes.h"

namespace numproof {

// A command as Redis wants it on the wire (RESP2): a list of words, which may hold any octets.

/// Adds the beginning of a command of `count` words, each of which has to follow.
void begin_command(Bytes& out, std::size_t count);

/// Adds one word of a command.
void add_word(Bytes& out, std::string_view word);

/// A whole command.
[[nodiscard]] Bytes format_command(std::span<const std::string_view> words);

[[nodiscard]] inline Bytes format_command(std::initializer_list<std::string_view> words) {
    return format_command(std::span{words.begin(), words.size()});
}

}  // namespace numproof
