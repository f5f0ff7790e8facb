// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/address.h"
#include "daemon/domain/proof.h"

namespace numproof {

/// Port between signing in and the directory: whose number is behind an address, now.
/// Fails with store_unavailable, queue_full or deadline_exceeded; the caller then says "not now",
/// never "nobody". One instance belongs to one event loop.
class NumberSource {
public:
    NumberSource() = default;
    NumberSource(const NumberSource&) = delete;
    NumberSource& operator=(const NumberSource&) = delete;
    virtual ~NumberSource() = default;

    /// Resolves `source` once (rule R2).
    [[nodiscard]] virtual Task<Result<Proof>> prove(SourceEndpoint source, Deadline deadline) = 0;
};

}  // namespace numproof
