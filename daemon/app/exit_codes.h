// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace numproof {

/// Exit statuses of our programs (sysexits.h): operators' scripts branch on them.
enum ExitCode : int {
    kExitOk = 0,
    kExitFailed = 1,          ///< numproofctl: the daemon said no.
    kExitUsage = 64,          ///< The command line is wrong.
    kExitUnavailable = 69,    ///< A needed service refused us for good.
    kExitBug = 70,            ///< Our mistake.
    kExitConfiguration = 78,  ///< The configuration is wrong.
};

}  // namespace numproof
