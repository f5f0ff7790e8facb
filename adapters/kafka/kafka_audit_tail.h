// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/topic_reader.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// An audit event as it lies in its topic (api/asyncapi.yaml). Whoever may write there wrote it.
struct TailedEvent {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::map<std::string, std::string> attributes;  ///< `ce_…` without its prefix.
    std::string data;                               ///< JSON, as far as we wrote it.
};

/// Reads the newest of the audit topic. Blocks its caller: for a thread that may wait. Joins no
/// group, so it disturbs no reader.
class KafkaAuditTail {
public:
    /// The next offset of each partition.
    using Cursor = std::map<std::int32_t, std::int64_t>;

    struct Settings {
        KafkaConnection connection;
        std::string topic;
    };

    struct Environment {
        const Clock& clock;
        Log& log;
    };

    struct Reading {
        std::vector<TailedEvent> events;  ///< By their time.
        Cursor cursor;                    ///< Where the next reading goes on.
    };

    KafkaAuditTail(Settings settings, Environment environment);

    /// The newest `count` events by their time, 500 and 4 MiB at most. What could not be read by
    /// `deadline` comes with the next reading. Fails as KafkaLetterBox::read().
    [[nodiscard]] Result<Reading> newest(std::size_t count, Deadline deadline);

    /// What came since `cursor`, 500 events or 4 MiB at once: what is there, else the first that
    /// comes while `patience` lasts. What the topic no longer has is left out; a partition that is
    /// new, or was made anew, is read from its beginning.
    [[nodiscard]] Result<Reading> since(
        const Cursor& cursor, Milliseconds patience, Deadline deadline
    );

private:
    [[nodiscard]] Result<kafka::TopicReader> open(kafka::ClientEvents& events, Deadline deadline);

    Settings settings_;
    Environment env_;
};

}  // namespace numproof
