// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/result.h"
#include "tools/numproof_bench/options.h"
#include "tools/numproof_bench/report.h"

namespace numproof::bench {

/// Each command blocks until it is done. Errors: invalid_value, the arguments are wrong;
/// invalid_configuration; anything else, a server or a file cannot be used.

/// Mints tokens and writes their file.
[[nodiscard]] Result<Report> run_tokens(const TokensOptions& options);

/// Publishes sessions; prints its report itself, since heartbeats go on after it.
[[nodiscard]] Result<void> run_sessions(const SessionsOptions& options);

/// Drives verify.
[[nodiscard]] Result<Report> run_verify(const VerifyOptions& options);

/// Drives authorize and token.
[[nodiscard]] Result<Report> run_sign_in(const SignInOptions& options);

}  // namespace numproof::bench
