// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/commands.h"
#include "tools/numproof_bench/verify_caller.h"

namespace numproof::bench {
namespace {

Result<std::optional<TokenFile>> read_tokens(const VerifyOptions& options) {
    if (options.tokens.empty()) {
        return std::optional<TokenFile>{};
    }
    auto tokens = TokenFile::read(options.tokens);
    if (!tokens) {
        return pass_on(tokens);
    }
    if (options.skip >= tokens->size()) {
        return fail(
            ErrorCode::invalid_value,
            "--skip: " + options.tokens + " has only " + std::to_string(tokens->size()) + " tokens"
        );
    }
    return std::optional{std::move(*tokens)};
}

}  // namespace

Result<Report> run_verify(const VerifyOptions& options) {
    auto url = parse_url(options.load.url);
    if (!url) {
        return pass_on(url);
    }
    auto tokens = read_tokens(options);
    if (!tokens) {
        return pass_on(tokens);
    }
    VerifyCaller caller{options, *url, tokens->has_value() ? &**tokens : nullptr};
    auto report = run_load(options.load, caller, {}, [&caller] { return caller.good(); });
    if (report) {
        caller.fill(*report);
    }
    return report;
}

}  // namespace numproof::bench
