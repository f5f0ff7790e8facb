// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/secret.h"
#include "daemon/base/time.h"

namespace numproof {

/// A password for the brokers, or for the key that we show them.
using KafkaPassword = Secret<struct KafkaPasswordTag>;

/// What SASL OAUTHBEARER shows the brokers (RFC 7628).
struct KafkaToken {
    Secret<struct KafkaTokenTag> value;
    WallTime expires;
};

/// Gets a new token; blocks, for a bounded time. Called from threads of librdkafka, from several
/// at once.
using KafkaTokenSource = std::function<Result<KafkaToken>()>;

/// How we prove ourselves to the brokers, and they to us. Empty means: librdkafka's default.
struct KafkaSecurity {
    std::string protocol = "plaintext";  ///< plaintext | ssl | sasl_plaintext | sasl_ssl
    std::string mechanism;  ///< PLAIN | SCRAM-SHA-256 | SCRAM-SHA-512 | OAUTHBEARER | GSSAPI
    std::string username;
    KafkaPassword password;
    std::string ca_file;
    std::string certificate_file;
    std::string key_file;
    KafkaPassword key_password;
    KafkaTokenSource token_source;  ///< For OAUTHBEARER.
};

/// How to reach Kafka. Everything that talks to it is made from one of these.
struct KafkaConnection {
    std::vector<std::string> brokers;  ///< `host:port`
    KafkaSecurity security;

    /// Any librdkafka property that we do not set ourselves.
    std::map<std::string, std::string> properties;
};

/// Says what is wrong with `connection`: no broker, a property that is ours, one that librdkafka
/// does not know, or a value that it refuses (files are read). Opens no connection.
[[nodiscard]] Result<void> check_connection(const KafkaConnection& connection);

}  // namespace numproof
