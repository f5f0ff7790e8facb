// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/memory/sip_hash.h"
#include "daemon/base/time.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// Records under keys, made for millions of small ones: a record costs 12 to 15 octets beside its
/// revision and value. Keys are not kept, only 64 bits of a keyed hash of each. Should two keys of
/// a life collide (for a million sessions: 1 to 10^6), what is found is a record of another key,
/// and that does not open (RecordSeal).
///
/// Records whose time has passed are as if they were gone, and leave as others are stored.
/// Not thread-safe.
class RecordTable {
public:
    /// `secret` is random; no record expires before `start`.
    RecordTable(SipKey secret, MonoTime start);

    /// Valid until the next put().
    struct Found {
        std::string_view revision;
        std::string_view value;

        [[nodiscard]] Record to_record() const {
            return {.revision = Bytes{revision}, .value = Bytes{value}};
        }
    };

    [[nodiscard]] std::optional<Found> find(std::string_view key, MonoTime now) const;

    /// Stores `record` (8 octets of revision) in place of what is under `key`.
    void put(std::string_view key, const Record& record, MonoTime expires, MonoTime now);

    /// How many records take up memory, dead ones included.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    /// All records whose hash begins alike, one behind the other in one block.
    struct Bucket {
        std::unique_ptr<char[]> block;
        std::uint32_t size = 0;
    };

    struct Cell;

    [[nodiscard]] std::uint64_t time_of(MonoTime instant) const noexcept;
    [[nodiscard]] static Cell cell_at(const Bucket& bucket, std::size_t offset) noexcept;
    void sweep(std::uint64_t now);
    void rewrite(Bucket& bucket, std::uint64_t dropped, std::uint64_t now, std::string_view added);

    SipKey secret_;
    MonoTime start_;
    std::vector<Bucket> buckets_;
    std::size_t size_ = 0;
    std::size_t next_swept_ = 0;
};

}  // namespace numproof
