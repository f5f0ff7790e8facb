// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/kafka/kafka_connection.h"
#include "daemon/app/foundation.h"

namespace numproof {

/// Fetches tokens for the brokers at `kafka.security.token_endpoint_url` with the client
/// credentials grant (RFC 6749 section 4.4, client authentication by HTTP Basic). Empty unless the
/// mechanism is OAUTHBEARER. `clock` outlives what it gives.
[[nodiscard]] KafkaTokenSource kafka_token_source_of(
    const Clock& clock, std::shared_ptr<const Edition> edition
);

/// What a token endpoint's answer says, read at `now`. Its words, but never its token, are in the
/// error. A life that it does not tell (RFC 6749 section 5.1: optional) is taken as a minute.
[[nodiscard]] Result<KafkaToken> read_token_answer(int status, std::string_view body, WallTime now);

}  // namespace numproof
