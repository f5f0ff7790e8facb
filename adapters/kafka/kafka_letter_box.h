// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/domain/event_position.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// Where a record stands.
struct RecordPlace {
    TopicPartition at;
    std::int64_t offset = 0;

    auto operator<=>(const RecordPlace&) const = default;
};

/// A dead letter as it lies in its topic.
struct KeptLetter {
    RecordPlace place;     ///< Of the letter itself.
    RecordPlace original;  ///< Of the record that could not be used.
    WallTime time;         ///< The original record's timestamp.
    WallTime kept;         ///< When it became a dead letter.
    std::string reason;
    std::string key_id;  ///< Of the directory key that sealed the value.
    Bytes key;           ///< As it was kept: the record's own, or a keyed hash of it.
    Bytes value;         ///< Sealed; empty where `bytes` is not: there was no room for it.
    std::size_t bytes = 0;
    bool left_out = false;  ///< The value was too large for a dead letter: it is gone.
    bool replayed = false;
};

/// A record that is put back, and the letter that it comes from.
struct Replay {
    RecordPlace letter;
    RecordPlace to;  ///< The original's place: topic and partition count.
    std::optional<Bytes> key;
    Bytes value;
    WallTime time;
};

/// Reads the topic of dead letters from its beginning and puts records back where they were.
/// Blocks its caller: for a thread that may wait. Joins no group, so it disturbs no reader.
class KafkaLetterBox {
public:
    struct Settings {
        KafkaConnection connection;
        std::string topic;
    };

    struct Environment {
        const Clock& clock;
        Log& log;
    };

    /// What read() found.
    struct Reading {
        std::vector<KeptLetter> letters;  ///< Those that were wanted, by place.
        bool complete = true;  ///< False: too many letters, or not at the end by the deadline.
    };

    using Wanted = std::function<bool(const KeptLetter&)>;

    KafkaLetterBox(Settings settings, Environment environment);

    /// Every letter that is `wanted`, once for each record, up to 100,000 of them and 64 MiB of
    /// values. Fails with invalid_configuration when there is no such topic, broker_unavailable or
    /// deadline_exceeded.
    [[nodiscard]] Result<Reading> read(const Wanted& wanted, Deadline deadline);

    /// Puts the records back in their order: each one is acknowledged by the brokers, then noted
    /// beside its letter as replayed, then comes the next. Gives how many were; it stops at the
    /// first that fails, and logs why. A crash between record and note leaves a letter that can be
    /// replayed once more.
    [[nodiscard]] Result<std::size_t> put_back(
        const std::vector<Replay>& replays, Deadline deadline
    );

private:
    Settings settings_;
    Environment env_;
};

}  // namespace numproof
