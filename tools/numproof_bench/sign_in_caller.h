// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/app/ctl/sign_in.h"
#include "tools/numproof_bench/closed_loop.h"
#include "tools/numproof_bench/latency_record.h"
#include "tools/numproof_bench/options.h"
#include "tools/numproof_bench/report.h"

namespace numproof::bench {

/// Signs one device after the other in: asks for a code and exchanges it, on one connection.
class SignInCaller final : public Caller {
public:
    SignInCaller(const SignInOptions& options, const Url& url);

    [[nodiscard]] std::string_view next(std::size_t connection) override;
    void take(std::size_t connection, const Response& response, std::chrono::nanoseconds latency)
        override;
    void lose(std::size_t connection) override;

    /// Sign-ins that gave a token.
    [[nodiscard]] std::uint64_t good() const noexcept { return whole_.size(); }

    /// Answers and latencies. `requests` become whole sign-ins, good and bad; those that the end
    /// cut off between their two steps are in neither.
    void fill(Report& report) const;

private:
    // One connection: with a code it is in its second step.
    struct Device {
        std::string code;
        std::string exchange;  ///< The request of the second step.
        std::chrono::nanoseconds so_far{};
    };

    void take_code(Device& device, const Response& response, std::chrono::nanoseconds latency);
    void take_token(Device& device, const Response& response, std::chrono::nanoseconds latency);
    void give_up(Device& device, const std::string& answer);

    ctl::SignIn sign_in_;
    std::string authorize_;
    std::string exchange_head_;
    std::vector<Device> devices_;
    std::uint64_t failed_ = 0;
    std::map<std::string, std::uint64_t> answers_;
    LatencyRecord codes_;
    LatencyRecord tokens_;
    LatencyRecord whole_;
};

}  // namespace numproof::bench
