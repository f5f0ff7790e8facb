// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/spool/segment_index.h"
#include "adapters/spool/spool_files.h"

namespace numproof {

/// A segment that was not as it should be.
struct DamagedSegment {
    std::string name;
    std::uint64_t bytes = 0;  ///< Octets that were given up.
};

/// What an earlier run left in the folder.
struct Recovery {
    std::vector<Segment> segments;  ///< With something to deliver, in order.
    std::vector<DamagedSegment>
        torn;  ///< Their ends were cut: writes that nobody had been told of.
    std::vector<DamagedSegment> corrupt;  ///< Set aside as `<name>.corrupt`, the good part kept.
    std::uint64_t next_number = 1;        ///< Was never used before.
};

/// Reads all segments, cuts torn ends and saves what is good of damaged ones.
/// Whenever it is interrupted, the next call does the rest.
[[nodiscard]] Result<Recovery> recover(SpoolFiles& files);

/// Sets the segment `name` aside as `<name>.corrupt` without taking it away.
Result<void> set_aside(SpoolFiles& files, const std::string& name);

}  // namespace numproof
