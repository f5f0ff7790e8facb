// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/secret.h"
#include "daemon/base/time.h"
#include "daemon/domain/event_position.h"

namespace numproof {

/// `np:w:…`: how far the directory holds what one partition says (rules R8 and R10).
struct WatermarkRecord {
    std::string generation;   ///< The directory that it was read for.
    std::string incarnation;  ///< The life of the store that acknowledged the writes.
    WallTime watermark;       ///< All events up to this instant are in the directory.
    std::int64_t next = 0;    ///< All records before this offset are in the directory.
    std::int64_t anchor = 0;  ///< Likewise, for so long that no failover can have lost them.
    WallTime usable = {};     ///< When the directory was last seen usable; zero: not yet.
    std::string reader = {};  ///< The node that reads it.

    bool operator==(const WatermarkRecord&) const = default;
};

/// `np:gen`, sealed: which directory this is, whether it is whole (rule R10), and the secret that
/// its names and seals are made with.
struct GenerationRecord {
    enum class Phase : std::uint8_t { building, whole };

    std::string id;
    SecretKey secret;
    Phase phase = Phase::building;
    std::map<std::string, std::int32_t> partitions;  ///< Topic → partitions that it is made of.
};

/// `np:life`: which life of the store we know, and since when (rule R13).
struct LifeRecord {
    std::string incarnation;
    WallTime since;

    bool operator==(const LifeRecord&) const = default;
};

/// The stored form of a watermark.
[[nodiscard]] Bytes to_stored(const WatermarkRecord& record);

/// The stored form of a generation.
[[nodiscard]] Bytes to_stored(const GenerationRecord& record);

/// The stored form of what is known of a store's life.
[[nodiscard]] Bytes to_stored(const LifeRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<WatermarkRecord> parse_watermark_record(std::string_view stored);
[[nodiscard]] Result<GenerationRecord> parse_generation_record(std::string_view stored);
[[nodiscard]] Result<LifeRecord> parse_life_record(std::string_view stored);

/// Every partition that `partitions` names.
[[nodiscard]] std::vector<TopicPartition> all_partitions(
    const std::map<std::string, std::int32_t>& partitions
);

/// Stands for a partition in one generation: offsets of another generation may count anew.
[[nodiscard]] std::uint32_t lane_of(const TopicPartition& at, std::string_view generation);

}  // namespace numproof
