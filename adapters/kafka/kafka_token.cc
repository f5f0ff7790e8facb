// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_token.h"

#include <array>
#include <string>

namespace numproof::kafka {
namespace {

/// librdkafka wants a name; brokers take the one in the token.
constexpr const char* kPrincipal = "numproof";

}  // namespace

void give_token(rd_kafka_t& client, const KafkaTokenSource& source) {
    auto token = source();
    if (!token) {
        rd_kafka_oauthbearer_set_token_failure(&client, token.error().detail.c_str());
        return;
    }
    std::array<char, 256> why{};
    const auto error = rd_kafka_oauthbearer_set_token(
        &client,
        token->value.reveal().data(),
        epoch_ms(token->expires),
        kPrincipal,
        nullptr,
        0,
        why.data(),
        why.size()
    );
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        // Its reason may quote the token.
        rd_kafka_oauthbearer_set_token_failure(
            &client, "the token endpoint's token is over already, or no token in form"
        );
    }
}

}  // namespace numproof::kafka
