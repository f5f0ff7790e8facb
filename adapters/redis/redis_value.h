// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/domain/grant.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// A record as it lies in Redis: 8 octets of revision, then the value.
[[nodiscard]] Bytes to_stored(const Record& record);

/// The reverse; too short is `malformed`.
[[nodiscard]] Result<Record> parse_record(std::string_view stored);

/// A grant as it lies in Redis: a line that scripts read, then the sealed octets.
///   `1f 1795341600000 1795341720000 1 n <subscriber> 1795341000000 -\n<sealed>`
/// Version and state (`f`resh, `u`sed, `r`evoked), issued at and not after in ms, scope bits,
/// method (`n`etwork, `s`im, `o`ther), subscriber, epoch, and the name of the token that a code
/// gave (`-`: none).
[[nodiscard]] Bytes to_stored(const StoredGrant& grant);

/// The reverse; the token's name is passed over. Another form is `malformed`.
[[nodiscard]] Result<StoredGrant> parse_grant(std::string_view stored);

}  // namespace numproof
