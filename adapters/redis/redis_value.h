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
///   `1f 1795341600000 1795341720000 1 n <subscriber> 1795341000000 60000 -\n<sealed>`
/// Version and state (`f`resh, `u`sed, `r`evoked), issued at and not after in ms, scope bits,
/// method (`n`etwork, `s`im, `o`ther), subscriber (the part of its shard, then its pseudonym),
/// epoch, for how many ms past its end Redis keeps it, and the name of the token that a code gave
/// (`-`: none). Up to the subscriber everything has its column, because the script of a claim takes
/// it from there: a time has 13 digits, which is 1970 to 2286; others stand as the nearest that
/// fits, and the seal does not open for them.
[[nodiscard]] Bytes to_stored(const StoredGrant& grant, Milliseconds remember = {});

/// The reverse; how long it is kept and the token's name are passed over. Another form is
/// `malformed`.
[[nodiscard]] Result<StoredGrant> parse_grant(Bytes stored);

}  // namespace numproof
