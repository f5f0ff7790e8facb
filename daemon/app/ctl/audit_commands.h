// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace numproof::ctl
