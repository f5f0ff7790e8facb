// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_audit_tail.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/kafka/topic_reader.h"

namespace numproof {
namespace {

constexpr Milliseconds kTurn{100};

/// One answer's worth; the rest comes with the next.
constexpr std::size_t kEventsMax = 500;

constexpr std::array<const char*, 8> kAttributes{
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_time",
    "ce_sequence",
    "ce_partitionkey",
    "ce_correlationid",
    "ce_traceparent"};

class ReaderEvents final : public kafka::ClientEvents {
public:
    using ClientEvents::ClientEvents;

    void on_error(rd_kafka_resp_err_t, const std::string&) override {}
};

TailedEvent event_of(const rd_kafka_message_t& message) {
    TailedEvent event;
    event.partition = message.partition;
    event.offset = message.offset;
    for (const auto* name : kAttributes) {
        if (auto value = kafka::header_of(message, name); !value.empty()) {
            event.attributes[name + 3] = std::move(value);
        }
    }
    if (message.payload != nullptr) {
        event.data.assign(static_cast<const char*>(message.payload), message.len);
    }
    return event;
}

std::string time_of(const TailedEvent& event) {
    const auto found = event.attributes.find("time");
    return found == event.attributes.end() ? std::string{} : found->second;
}

/// Reads on from `from` until a turn brings nothing; for the first event it waits until `until`, if
/// `patient`.
Result<KafkaAuditTail::Reading> read_on(
    kafka::TopicReader& reader,
    KafkaAuditTail::Cursor from,
    bool patient,
    const Clock& clock,
    Deadline until
) {
    for (const auto& [partition, offset] : from) {
        if (auto begun = reader.start(partition, offset); !begun) {
            return pass_on(begun);
        }
    }
    KafkaAuditTail::Reading reading{.events = {}, .cursor = std::move(from)};
    std::size_t at_end = 0;
    while (reading.events.size() < kEventsMax && !until.passed(clock.mono_now())) {
        auto message = reader.next(kTurn);
        if (!message) {
            return pass_on(message);
        }
        const bool over = at_end >= reading.cursor.size() && (!patient || !reading.events.empty());
        if (!*message) {
            if (over) {
                break;
            }
            continue;
        }
        if ((*message)->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ++at_end;
            continue;
        }
        reading.cursor[(*message)->partition] = (*message)->offset + 1;
        reading.events.push_back(event_of(**message));
    }
    std::ranges::stable_sort(reading.events, {}, time_of);
    return reading;
}

}  // namespace

KafkaAuditTail::KafkaAuditTail(Settings settings, Environment environment)
    : settings_(std::move(settings)), env_(environment) {}

Result<KafkaAuditTail::Reading> KafkaAuditTail::newest(std::size_t count, Deadline deadline) {
    ReaderEvents events{env_.log, settings_.connection.security.token_source};
    auto reader = kafka::TopicReader::open(
        settings_.connection, settings_.topic, events, env_.clock, deadline
    );
    if (!reader) {
        return pass_on(reader);
    }
    count = std::min(count, kEventsMax);
    const auto share = static_cast<std::int64_t>(count);
    Cursor from;
    for (const auto& [partition, range] : reader->ranges()) {
        from[partition] = std::max(range.begin, range.end - share);
    }
    auto reading = read_on(*reader, std::move(from), false, env_.clock, deadline);
    if (reading && reading->events.size() > count) {
        const auto surplus = static_cast<std::ptrdiff_t>(reading->events.size() - count);
        reading->events.erase(reading->events.begin(), reading->events.begin() + surplus);
    }
    return reading;
}

Result<KafkaAuditTail::Reading> KafkaAuditTail::since(const Cursor& cursor, Deadline until) {
    ReaderEvents events{env_.log, settings_.connection.security.token_source};
    auto reader =
        kafka::TopicReader::open(settings_.connection, settings_.topic, events, env_.clock, until);
    if (!reader) {
        return pass_on(reader);
    }
    Cursor from;
    for (const auto& [partition, range] : reader->ranges()) {
        const auto known = cursor.find(partition);
        const auto next = known == cursor.end() ? range.begin : known->second;
        from[partition] = std::clamp(next, range.begin, range.end);
    }
    return read_on(*reader, std::move(from), true, env_.clock, until);
}

}  // namespace numproof
