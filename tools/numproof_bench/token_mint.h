// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/event/event_loop.h"
#include "daemon/app/loop_directory.h"
#include "daemon/domain/client.h"
#include "tools/numproof_bench/ground.h"
#include "tools/numproof_bench/latency_record.h"
#include "tools/numproof_bench/options.h"
#include "tools/numproof_bench/subscribers.h"

namespace numproof::bench {

/// Makes tokens as the token endpoint does: the number is looked up by the subscriber's address,
/// the grant is sealed and stored under its rules. Only HTTP and the audit trail are left out.
class TokenMint {
public:
    /// `client` is one of the configuration's. All of it outlives the mint.
    TokenMint(Ground& ground, const TokensOptions& options, const Client& client, Home home);
    TokenMint(const TokenMint&) = delete;
    TokenMint& operator=(const TokenMint&) = delete;

    /// Blocks until all tokens are made.
    [[nodiscard]] Result<void> run();

    /// The tokens, one a line.
    [[nodiscard]] const std::string& lines() const noexcept { return lines_; }

    [[nodiscard]] const LatencyRecord& latencies() const noexcept { return latencies_; }

    /// How long the minting alone took.
    [[nodiscard]] std::chrono::nanoseconds took() const noexcept { return took_; }

private:
    [[nodiscard]] Task<void> everything();
    [[nodiscard]] Task<Result<void>> make_all();
    [[nodiscard]] Task<Result<void>> find_holder(std::size_t index);
    [[nodiscard]] Task<Result<Proof>> prove(std::size_t index, Deadline deadline);
    [[nodiscard]] Task<Result<void>> mint(std::size_t index);
    [[nodiscard]] KeepRequest grant_for(
        const Proven& holder, const TokenCodec::Minted& minted, WallTime now
    ) const;
    void write_line(std::size_t index, const std::string& token);
    [[nodiscard]] tl::unexpected<Error> not_bound(std::size_t index, std::string_view why) const;

    Foundation& foundation_;
    const TokensOptions& options_;
    const Client& client_;
    Home home_;
    std::string scope_text_;
    ScopeSet scopes_;
    EventLoop loop_;
    LoopDirectory directory_;
    std::optional<Deadline> patience_;
    MonoTime refreshed_;
    std::vector<std::optional<Proven>> holders_;
    std::string lines_;
    LatencyRecord latencies_;
    std::chrono::nanoseconds took_{};
    Result<void> outcome_;
};

}  // namespace numproof::bench
