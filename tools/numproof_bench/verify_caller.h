// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tools/numproof_bench/latency_record.h"
#include "tools/numproof_bench/load.h"
#include "tools/numproof_bench/token_file.h"

namespace numproof::bench {

/// The octets of a verify request whose token, correlator and number change in place: all three
/// keep their length.
class VerifyRequest {
public:
    VerifyRequest(const Url& url, std::size_t token_length);

    /// The request with `token` for made-up subscriber `subscriber`, correlated as number `serial`.
    [[nodiscard]] std::string_view with(
        std::string_view token, std::string_view number, std::uint64_t serial
    );

private:
    std::string octets_;
    std::size_t token_at_ = 0;
    std::size_t correlator_at_ = 0;
    std::size_t number_at_ = 0;
};

/// Asks verify with one token after the other and counts what comes back.
class VerifyCaller final : public Caller {
public:
    /// `tokens`: nullptr for one made-up token. Both outlive the caller.
    VerifyCaller(const VerifyOptions& options, const Url& url, const TokenFile* tokens);

    [[nodiscard]] std::string_view next(std::size_t connection) override;
    void take(std::size_t connection, const Response& response, std::chrono::nanoseconds latency)
        override;

    void lose(std::size_t) override {}

    /// Answers that count.
    [[nodiscard]] std::uint64_t good() const noexcept { return latencies_.size(); }

    /// Answers, latencies and what is left of the tokens.
    void fill(Report& report) const;

private:
    const VerifyOptions& options_;
    const TokenFile* tokens_;
    std::string made_up_;
    std::vector<std::string> numbers_;
    std::vector<VerifyRequest> requests_;
    std::uint64_t next_ = 0;
    std::uint64_t mismatches_ = 0;
    StatusCounts statuses_;
    LatencyRecord latencies_;
};

}  // namespace numproof::bench
