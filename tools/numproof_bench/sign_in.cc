// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/commands.h"

namespace numproof::bench {

Result<Report> run_sign_in(const SignInOptions&) {
    return fail(ErrorCode::unsupported, "sign-in: not yet");
}

}  // namespace numproof::bench
