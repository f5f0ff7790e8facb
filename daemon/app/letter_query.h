// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/kafka/kafka_letter_box.h"

namespace numproof {

/// Which dead letters an operator means. Partition and offset are those of the record that became
/// a dead letter.
struct LetterQuery {
    std::optional<std::string> topic;
    std::optional<std::string> reason;
    std::optional<std::int32_t> partition;
    std::optional<std::int64_t> offset;
    std::size_t limit = 100;
    bool dry_run = false;
    bool again = false;  ///< Also those that were replayed.
};

/// Reads `topic=…&reason=…&partition=…&offset=…&limit=…&dry_run=1&again=1`; invalid_value with the
/// parameter's name.
[[nodiscard]] Result<LetterQuery> parse_letter_query(std::string_view text);

/// Whether `query` means `letter`; the limit is not asked.
[[nodiscard]] bool is_wanted(const LetterQuery& query, const KeptLetter& letter);

}  // namespace numproof
