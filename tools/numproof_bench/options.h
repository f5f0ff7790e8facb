// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/app/command_line.h"
#include "daemon/base/time.h"

namespace numproof::bench {

/// A configuration of numproofd, and what stands instead of single settings.
struct ConfigChoice {
    std::string file = "/etc/numproof/numproof.yaml";
    std::vector<std::string> overrides;  ///< `KEY=VALUE`, in their order.
};

/// `numproof-bench tokens`
struct TokensOptions {
    ConfigChoice config;
    std::uint64_t count = 0;
    std::string file;
    std::uint64_t subscribers = 1000;
    std::string client = "bench-app";
    Milliseconds life{std::chrono::minutes{5}};
    Milliseconds wait{std::chrono::seconds{10}};  ///< For the subscribers to be bound.
    std::size_t in_flight = 512;
};

/// `numproof-bench sessions`
struct SessionsOptions {
    ConfigChoice config;
    std::uint64_t count = 0;
    Milliseconds heartbeats{std::chrono::seconds{30}};
    std::optional<std::int32_t> make_topics;  ///< With so many partitions for each feed.
};

/// What all closed loops share.
struct LoadOptions {
    std::string name;  ///< Of the report.
    std::string url{};
    std::size_t connections = 64;
    Milliseconds duration{std::chrono::seconds{5}};
    std::uint64_t subscribers = 1000;
    std::vector<int> server_pids{};
    std::vector<int> store_pids{};
};

/// `numproof-bench verify`
struct VerifyOptions {
    /// What an answer must be to count.
    enum class Expect : std::uint8_t {
        match,   ///< 200 and `"devicePhoneNumberVerified":true`.
        any_200  ///< 200, whatever it says.
    };

    LoadOptions load{.name = "verify"};
    std::string tokens;  ///< A file; empty: one made-up token for all requests.
    std::uint64_t skip = 0;
    Expect expect = Expect::match;
};

/// `numproof-bench sign-in`
struct SignInOptions {
    LoadOptions load{.name = "sign-in"};
    std::string client = "bench-app";
    std::string secret;
    std::string redirect_uri = "http://127.0.0.1:9999/callback";
    std::string scope = "dpv:FraudPreventionAndDetection number-verification:verify";
    std::string devices = "127.64.0.0/10";
};

/// What was asked for.
using Command =
    std::variant<TokensOptions, SessionsOptions, VerifyOptions, SignInOptions, Answered>;

/// Reads the arguments; prints help, version and usage errors itself.
[[nodiscard]] Command read_options(int argc, char** argv);

}  // namespace numproof::bench
