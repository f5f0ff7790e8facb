// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/base/time.h"

namespace numproof {

/// Whether the directory may be used for an answer at this moment.
enum class Standing : std::uint8_t {
    usable,
    starting,           ///< Nothing has been read yet.
    store_unavailable,  ///< The store did not answer lately.
    rebuilding,         ///< The generation marker is missing or not ours (rule R10).
    key_missing,        ///< The generation marker is sealed with a key that this node lacks.
    stale,              ///< The oldest watermark is too old (rule R8).
    clock_disagrees     ///< Wall and monotonic clock have parted (rule R4).
};

/// Stable words for `standing`: in `/readyz?verbose`, logs and audit events.
[[nodiscard]] std::string_view name_of(Standing standing) noexcept;

/// What a decision is based on, for the claim and for the audit trail.
struct DirectoryBasis {
    Standing standing = Standing::starting;
    Milliseconds watermark_age{};  ///< Now minus the oldest watermark; never negative.
    WallTime trusted_since;        ///< Grants older than this are refused (rule R13).
    std::string incarnation;       ///< The store's life that this was read from.
};

/// Port between answering and the directory. One instance belongs to one event loop.
class DirectoryStanding {
public:
    DirectoryStanding() = default;
    DirectoryStanding(const DirectoryStanding&) = delete;
    DirectoryStanding& operator=(const DirectoryStanding&) = delete;
    virtual ~DirectoryStanding() = default;

    /// From memory, judged against the clocks of this moment.
    [[nodiscard]] virtual DirectoryBasis basis() const = 0;

    /// Asks the store again whether the directory is whole: what was not found in it is really not
    /// there only if this says `usable`. Fails like the store does.
    [[nodiscard]] virtual Task<Result<Standing>> confirm(Deadline deadline) = 0;
};

}  // namespace numproof
