// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_tls.h"
#include "tests/fakes/redis_server.h"
#include "tests/fakes/test_certificates.h"

namespace numproof {

/// One authority for all tests of a program: making keys takes time.
inline TestCertificates& test_certificates() {
    static TestCertificates certificates;
    return certificates;
}

/// The words of docs/redis.md that make our user: exactly what we need.
inline const std::vector<std::string>& documented_acl() {
    static const std::vector<std::string> words{
        "resetchannels",
        "~np:*",
        "+info",
        "+mget",
        "+get",
        "+set",
        "+setrange",
        "+pexpire",
        "+hmget",
        "+hget",
        "+hset",
        "+hsetnx",
        "+eval",
        "+evalsha",
        "+script|load",
        "+scan",
        "+client|setname"};
    return words;
}

/// A redis-server that also speaks TLS (on a second port), which wants a certificate of clients
/// where `wants_certificate`.
class TlsRedis {
public:
    explicit TlsRedis(bool wants_certificate, std::string names = "IP:127.0.0.1,DNS:localhost")
        : port_(RedisServer::find_free_port()),
          ours_(test_certificates().make("DNS:numproof")),
          server_(words(port_, wants_certificate, test_certificates().make(names))) {}

    [[nodiscard]] std::string port() const { return std::to_string(port_); }

    [[nodiscard]] RedisServer& server() noexcept { return server_; }

    /// What a client needs that shows its certificate.
    [[nodiscard]] RedisTls::Settings settings() const {
        RedisTls::Settings settings;
        settings.ca_file = test_certificates().authority();
        settings.certificate_file = ours_.certificate;
        settings.key_file = ours_.key;
        return settings;
    }

    [[nodiscard]] RedisOptions options(const RedisTls::Settings& settings) const {
        RedisOptions options;
        options.addresses = {"127.0.0.1:" + port()};
        options.deadline = std::chrono::seconds{10};
        options.connect_deadline = std::chrono::seconds{10};
        options.tls = RedisTls::make(settings).value();
        return options;
    }

private:
    static std::vector<std::string> words(
        std::uint16_t port, bool wants_certificate, const TestCertificates::Files& files
    ) {
        return {
            "--tls-port",
            std::to_string(port),
            "--tls-cert-file",
            files.certificate,
            "--tls-key-file",
            files.key,
            "--tls-ca-cert-file",
            test_certificates().authority(),
            "--tls-auth-clients",
            wants_certificate ? "yes" : "no"};
    }

    std::uint16_t port_;
    TestCertificates::Files ours_;
    RedisServer server_;
};

}  // namespace numproof
