// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <event2/event.h>
#include <librdkafka/rdkafka.h>

#include "daemon/base/freer.h"

namespace numproof::kafka {

/// A consumer must have left its group before: closing here could wait without a bound.
inline void destroy_client(rd_kafka_t* client) noexcept {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

using ClientPtr = std::unique_ptr<rd_kafka_t, Freer<destroy_client>>;
using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Freer<rd_kafka_conf_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Freer<rd_kafka_queue_destroy>>;
using PartitionsPtr =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Freer<rd_kafka_topic_partition_list_destroy>>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, Freer<rd_kafka_message_destroy>>;
using HeadersPtr = std::unique_ptr<rd_kafka_headers_t, Freer<rd_kafka_headers_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Freer<rd_kafka_error_destroy>>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Freer<rd_kafka_metadata_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Freer<rd_kafka_NewTopic_destroy>>;
using AdminOptionsPtr =
    std::unique_ptr<rd_kafka_AdminOptions_t, Freer<rd_kafka_AdminOptions_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Freer<rd_kafka_event_destroy>>;
using LoopEventPtr = std::unique_ptr<event, Freer<event_free>>;

}  // namespace numproof::kafka
