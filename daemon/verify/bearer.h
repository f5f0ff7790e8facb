// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/secret.h"
#include "daemon/http/message.h"
#include "daemon/verify/problem.h"

namespace numproof {

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1); the scheme's case is free.
/// No field, no token or another scheme: no_credentials. Several fields or another form: bad_token.
[[nodiscard]] OrProblem<AccessToken> read_bearer(const http::Request& request);

}  // namespace numproof
