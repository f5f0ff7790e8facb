// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_handles.h"

namespace numproof::kafka {

/// Gets a token from `source` and hands it to `client`, or tells it why there is none; librdkafka
/// asks again ten seconds after a failure, and when four fifths of a token's life are over.
void give_token(rd_kafka_t& client, const KafkaTokenSource& source);

}  // namespace numproof::kafka
