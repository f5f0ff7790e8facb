// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/app/ctl/commands.h"

namespace numproof::ctl {

/// What is looked up: an address, a session or a number; exactly one of them.
struct Lookup {
    std::string address;  ///< `ADDRESS`, `ADDRESS:PORT`, `[IPV6]:PORT`.
    std::string session;
    std::string source;  ///< The gateway that names the session.
    std::string number;  ///< `-`: from standard input.
    std::string reason;  ///< Needed with a number.
};

/// What the directory knows of it. 1 when it knows nothing.
int session_lookup(const Context& context, Lookup lookup);

}  // namespace numproof::ctl
