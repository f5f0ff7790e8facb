// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <type_traits>

#include "daemon/app/exit_codes.h"
#include "tools/numproof_bench/commands.h"

namespace numproof::bench {
namespace {

int complain(const Error& error) {
    std::fprintf(stderr, "numproof-bench: %s\n", error.detail.c_str());
    if (error.code == ErrorCode::invalid_value) {
        return kExitUsage;
    }
    const bool settings = error.code == ErrorCode::invalid_configuration;
    return settings ? kExitConfiguration : kExitUnavailable;
}

int tell(const Result<Report>& report) {
    if (!report) {
        return complain(report.error());
    }
    std::fputs(to_json(*report).c_str(), stdout);
    return kExitOk;
}

int run(const Command& command) {
    if (const auto* answered = std::get_if<Answered>(&command)) {
        return answered->exit_code;
    }
    if (const auto* tokens = std::get_if<TokensOptions>(&command)) {
        return tell(run_tokens(*tokens));
    }
    if (const auto* verify = std::get_if<VerifyOptions>(&command)) {
        return tell(run_verify(*verify));
    }
    if (const auto* sign_in = std::get_if<SignInOptions>(&command)) {
        return tell(run_sign_in(*sign_in));
    }
    const auto published = run_sessions(std::get<SessionsOptions>(command));
    return published ? kExitOk : complain(published.error());
}

}  // namespace
}  // namespace numproof::bench

int main(int argc, char** argv) {
    try {
        return numproof::bench::run(numproof::bench::read_options(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "numproof-bench: bug: %s\n", error.what());
        return numproof::kExitBug;
    }
}
