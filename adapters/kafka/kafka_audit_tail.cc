// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_audit_tail.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace numproof {
namespace {

constexpr Milliseconds kTurn{100};

/// One answer's worth; the rest comes with the next.
constexpr std::size_t kEventsMax = 500;
constexpr std::size_t kBytesMax = 4U << 20U;

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

std::string_view time_of(const TailedEvent& event) {
    const auto found = event.attributes.find("time");
    return found == event.attributes.end() ? std::string_view{} : found->second;
}

std::size_t size_of(const TailedEvent& event) {
    std::size_t size = event.data.size();
    for (const auto& [name, value] : event.attributes) {
        size += name.size() + value.size();
    }
    return size;
}

/// A reading under way.
class ReadingOn {
public:
    using Cursor = KafkaAuditTail::Cursor;

    explicit ReadingOn(kafka::TopicReader& reader) : reader_(reader) {}

    [[nodiscard]] Result<void> begin(Cursor from) {
        for (const auto& [partition, offset] : from) {
            if (auto begun = reader_.start(partition, offset); !begun) {
                return begun;
            }
            if (offset < reader_.ranges().at(partition).end) {
                behind_.insert(partition);
            }
        }
        cursor_ = std::move(from);
        return {};
    }

    /// Takes the next event if it comes within a moment.
    [[nodiscard]] Result<void> step() {
        auto message = reader_.next(kTurn);
        if (!message) {
            return pass_on(message);
        }
        if (!*message) {
            return {};
        }
        if ((*message)->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            behind_.erase((*message)->partition);
        } else {
            take(**message);
        }
        return {};
    }

    /// All has been read that was there at the beginning.
    [[nodiscard]] bool at_ends() const { return behind_.empty(); }

    [[nodiscard]] bool has_any() const { return !events_.empty(); }

    [[nodiscard]] bool is_full() const {
        return events_.size() >= kEventsMax || bytes_ >= kBytesMax;
    }

    [[nodiscard]] bool has_too_much() const {
        return events_.size() >= 2 * kEventsMax || bytes_ >= 2 * kBytesMax;
    }

    /// Forgets all but the newest `count`, and of them what is too much for one answer.
    void keep_newest(std::size_t count) {
        if (events_.size() <= count && bytes_ <= kBytesMax) {
            return;
        }
        std::ranges::stable_sort(events_, {}, time_of);
        auto first = events_.begin();
        for (auto left = events_.size(); left > 1 && (left > count || bytes_ > kBytesMax); --left) {
            bytes_ -= size_of(*first++);
        }
        events_.erase(events_.begin(), first);
    }

    [[nodiscard]] KafkaAuditTail::Reading take_all() {
        std::ranges::stable_sort(events_, {}, time_of);
        return {.events = std::move(events_), .cursor = std::move(cursor_)};
    }

private:
    void take(const rd_kafka_message_t& message) {
        cursor_[message.partition] = message.offset + 1;
        if (message.offset + 1 >= reader_.ranges().at(message.partition).end) {
            behind_.erase(message.partition);
        }
        bytes_ += size_of(events_.emplace_back(event_of(message)));
    }

    kafka::TopicReader& reader_;
    Cursor cursor_;
    std::set<std::int32_t> behind_;  // Partitions with more of what was there at the beginning.
    std::vector<TailedEvent> events_;
    std::size_t bytes_ = 0;  // Of events_.
};

}  // namespace

KafkaAuditTail::KafkaAuditTail(Settings settings, Environment environment)
    : settings_(std::move(settings)), env_(environment) {}

Result<kafka::TopicReader> KafkaAuditTail::open(kafka::ClientEvents& events, Deadline deadline) {
    return kafka::TopicReader::open(
        settings_.connection, settings_.topic, events, env_.clock, deadline
    );
}

Result<KafkaAuditTail::Reading> KafkaAuditTail::newest(std::size_t count, Deadline deadline) {
    ReaderEvents events{env_.log, settings_.connection.security.token_source};
    auto reader = open(events, deadline);
    if (!reader) {
        return pass_on(reader);
    }
    count = std::min(count, kEventsMax);
    Cursor from;
    for (const auto& [partition, range] : reader->ranges()) {
        // All of them may be in one partition.
        from[partition] = std::max(range.begin, range.end - static_cast<std::int64_t>(count));
    }
    ReadingOn reading{*reader};
    auto done = reading.begin(std::move(from));
    while (done && !reading.at_ends() && !deadline.passed(env_.clock.mono_now())) {
        done = reading.step();
        if (reading.has_too_much()) {
            reading.keep_newest(kEventsMax);
        }
    }
    if (!done) {
        return pass_on(done);
    }
    reading.keep_newest(count);
    return reading.take_all();
}

Result<KafkaAuditTail::Reading> KafkaAuditTail::since(
    const Cursor& cursor, Milliseconds patience, Deadline deadline
) {
    ReaderEvents events{env_.log, settings_.connection.security.token_source};
    auto reader = open(events, deadline);
    if (!reader) {
        return pass_on(reader);
    }
    Cursor from;
    for (const auto& [partition, range] : reader->ranges()) {
        const auto known = cursor.find(partition);
        // A position beyond the end is of a topic that was made anew.
        const bool begins = known == cursor.end() || known->second > range.end;
        from[partition] = begins ? range.begin : std::max(known->second, range.begin);
    }
    ReadingOn reading{*reader};
    auto done = reading.begin(std::move(from));
    const auto first_by = Deadline::after(env_.clock.mono_now(), patience);
    const auto is_over = [&] {
        const auto now = env_.clock.mono_now();
        const bool has_all = reading.at_ends() && (reading.has_any() || first_by.passed(now));
        return has_all || reading.is_full() || deadline.passed(now);
    };
    while (done && !is_over()) {
        done = reading.step();
    }
    if (!done) {
        return pass_on(done);
    }
    return reading.take_all();
}

}  // namespace numproof
