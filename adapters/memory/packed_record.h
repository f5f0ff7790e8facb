// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "daemon/base/time.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// A key, its record and when it is forgotten, in a single block of memory: a directory of
/// millions of sessions is made of these.
class PackedRecord {
public:
    /// `record.revision` has 8 octets.
    PackedRecord(std::string_view key, const Record& record, MonoTime expires);

    [[nodiscard]] std::string_view key() const noexcept;
    [[nodiscard]] MonoTime expires() const noexcept;
    [[nodiscard]] std::string_view revision() const noexcept;
    [[nodiscard]] std::string_view value() const noexcept;

    /// A copy for the world outside.
    [[nodiscard]] Record to_record() const;

private:
    static constexpr std::size_t kRevisionSize = 8;

    struct Head {
        MonoTime expires;
        std::uint32_t value_size = 0;
        std::uint16_t key_size = 0;
    };

    [[nodiscard]] Head head() const noexcept;
    [[nodiscard]] const char* body() const noexcept;

    std::unique_ptr<char[]> block_;  // Head, revision, key, value
};

}  // namespace numproof
