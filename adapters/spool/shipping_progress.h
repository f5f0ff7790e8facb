// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/spool/spool_files.h"

namespace numproof {

/// How far a segment was delivered. It may lag: then events are delivered twice, never lost.
struct ShippingProgress {
    std::uint64_t number = 0;
    std::uint64_t offset = 0;
    std::uint32_t identity = 0;  ///< Checksum of the segment's header.
};

/// Replaces what was remembered before.
Result<void> save_progress(SpoolFiles& files, const ShippingProgress& progress);

/// What was remembered last; nullopt if nothing was, or it cannot be read.
[[nodiscard]] std::optional<ShippingProgress> load_progress(const SpoolFiles& files);

}  // namespace numproof
