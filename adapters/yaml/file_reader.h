// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof {

/// Who may read a file.
enum class FileAudience : std::uint8_t {
    anybody,
    owner_and_group  ///< A file that everybody can read is refused with what to do about it.
};

/// What a file may be.
struct FileLimits {
    std::size_t bytes_max = 1U << 20U;
    FileAudience audience = FileAudience::anybody;
};

/// The whole of a regular file. Blocking. `invalid_configuration` with the path, the reason and
/// the fix: it is missing, cannot be read, is too large, or can be read by too many.
[[nodiscard]] Result<std::string> read_file(const std::string& path, const FileLimits& limits);

/// Makes a file that only its owner can read and write, with `content`, on disk when this returns.
/// `invalid_configuration` if there is something at `path` already; it is left as it is.
[[nodiscard]] Result<void> create_private_file(const std::string& path, const std::string& content);

/// Puts `content` in the place of what the file at `path` (or what a link there leads to) holds, in
/// one go: who reads it sees the old or the new. Owner and mode stay. On disk when this returns.
/// `invalid_configuration` with the path and the reason; the file is as it was then.
[[nodiscard]] Result<void> replace_private_file(const std::string& path, std::string_view content);

}  // namespace numproof
