// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "daemon/app/ctl/commands.h"

namespace numproof::ctl {

/// A dump of the audit topic, and how it is to be judged.
struct AuditDump {
    std::string file;       ///< One record a line, as `kcat -J` writes them; `-`: standard input.
    std::string key_file;   ///< The audit key; empty: checkpoints are not checked.
    std::string kept_file;  ///< Events that were kept elsewhere, in the same form; empty: none.
    bool from_middle = false;
    bool any_order = false;
};

/// Checks the hash chain of a dump, without any daemon. 1 when something is wrong with it.
int audit_verify(const Context& context, const AuditDump& dump);

/// What `audit tail` shows.
struct AuditTail {
    std::size_t lines = 10;  ///< How many of the past.
    std::string type;        ///< Only these: `answered`, `io.numproof.token.issued.v1`; empty: all.
    bool once = false;       ///< Ends when the past has been shown.
};

/// Follows the audit topic through the daemon, until a signal. A daemon that is away for a while is
/// waited for, once it has answered.
int audit_tail(const Context& context, const AuditTail& tail);

}  // namespace numproof::ctl
