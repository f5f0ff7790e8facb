// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/app/ctl/audit_commands.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/session_lookup.h"

namespace numproof::ctl {

/// What the command line asks for. Outlives the table that fills it in.
struct Asked {
    Context context;
    bool json = false;
    std::string number;
    std::string kind;
    std::string file;
    LetterFilter letters;
    AuditDump dump;
    AuditTail tail;
    Lookup lookup;
    bool watch = false;
    std::size_t turns = 0;
    std::function<int(const Context&)> run;
};

/// Every command and option of numproofctl: what is parsed, what `--help` shows.
void add_commands(CLI::App& app, Asked& asked);

}  // namespace numproof::ctl
