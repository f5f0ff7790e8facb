// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "daemon/base/bytes.h"

namespace numproof {

/// A command as Redis wants it on the wire (RESP2); arguments may hold any octets.
[[nodiscard]] Bytes format_command(std::span<const std::string_view> words);

[[nodiscard]] inline Bytes format_command(std::initializer_list<std::string_view> words) {
    return format_command(std::span{words.begin(), words.size()});
}

}  // namespace numproof
