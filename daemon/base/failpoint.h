// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/base/result.h"

/// NP_FAILPOINT("name") kills the process on the spot, as a power cut would, when the environment
/// says `NUMPROOF_FAILPOINT=name` or `NUMPROOF_FAILPOINT=name:count` (at the count-th time).
/// Only builds with tests have it, and only the sources that cmake's np_failpoints() names;
/// elsewhere it is nothing at all.
namespace numproof {

/// Every failpoint that there is.
inline constexpr std::array<std::string_view, 7> kFailpoints{
    "spool.before_sync",           // Audit events are written, not yet durable.
    "spool.after_sync",            // They are durable, nobody who waits for them knows.
    "spool.rotate",                // A segment has a name and nothing in it.
    "api.after_claim",             // The token is used up in the store, nothing is on the disk.
    "api.before_answer",           // The audit event is durable, the answer is not written.
    "ingest.before_offset_store",  // Records and watermarks are in the store, offsets are not.
    "audit.before_delivery_mark",  // Kafka has audit events, the spool does not know it.
};

/// The place of `name` in the table; a name that is not there does not compile.
consteval std::size_t failpoint_number(std::string_view name) {
    for (std::size_t i = 0; i < kFailpoints.size(); ++i) {
        if (kFailpoints.at(i) == name) {
            return i;
        }
    }
    throw "no such failpoint";
}

/// Arms what `text` says: `name` or `name:count`. Before any other thread runs.
Result<void> arm_failpoint(std::string_view text);

/// Arms what NUMPROOF_FAILPOINT says, if it says anything, and gives it. Before any thread runs.
Result<std::string_view> arm_failpoint_of_environment();

/// Whether any failpoint is armed; all that an unarmed one costs.
extern bool failpoint_armed;

/// What an NP_FAILPOINT does when one is armed. Thread-safe.
void hit_failpoint(std::size_t number) noexcept;

}  // namespace numproof

#ifdef NUMPROOF_FAILPOINTS
#define NP_FAILPOINT(name)                                                                       \
    (::numproof::failpoint_armed ? ::numproof::hit_failpoint(::numproof::failpoint_number(name)) \
                                 : static_cast<void>(0))
#else
#define NP_FAILPOINT(name) static_cast<void>(0)
#endif
