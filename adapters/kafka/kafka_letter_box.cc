// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_letter_box.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "adapters/kafka/kafka_producer.h"
#include "adapters/kafka/record_headers.h"
#include "adapters/kafka/topic_reader.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

/// Its value is the place of the original record: this record only says that it was replayed.
constexpr const char* kReplayedHeader = "np_replayed";
constexpr Milliseconds kTurn{200};
constexpr std::size_t kLettersMax = 100'000;
constexpr std::size_t kValueBytesMax = std::size_t{64} << 20U;

class ReaderEvents final : public kafka::ClientEvents {
public:
    using ClientEvents::ClientEvents;

    void on_error(rd_kafka_resp_err_t, const std::string&) override {}
};

/// -1 for what is no number: such a letter opens for nobody, and is shown as it is.
std::int64_t number_of(const std::string& text) {
    std::int64_t number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Bytes copy_of(const void* data, std::size_t size) {
    return data == nullptr ? Bytes{} : Bytes{static_cast<const char*>(data), size};
}

KeptLetter letter_of(const rd_kafka_message_t& message, const std::string& topic) {
    rd_kafka_timestamp_type_t kind{};
    KeptLetter letter;
    letter.place = {
        .at = {.topic = topic, .partition = message.partition}, .offset = message.offset};
    letter.original = {
        .at =
            {.topic = kafka::header_of(message, "np_topic"),
             .partition =
                 static_cast<std::int32_t>(number_of(kafka::header_of(message, "np_partition")))},
        .offset = number_of(kafka::header_of(message, "np_offset"))};
    letter.time = wall_from_ms(number_of(kafka::header_of(message, "np_time")));
    letter.kept = wall_from_ms(rd_kafka_message_timestamp(&message, &kind));
    letter.reason = kafka::header_of(message, "np_reason");
    letter.key_id = kafka::header_of(message, "np_key_id");
    letter.key = copy_of(message.key, message.key_len);
    letter.bytes = message.len;
    letter.left_out = !kafka::header_of(message, "np_value_left_out").empty();
    return letter;
}

std::string text_of(const RecordPlace& place) {
    return place.at.topic + ":" + std::to_string(place.at.partition) + ":" +
           std::to_string(place.offset);
}

/// A record that was offered again may have several letters: they count as one. What does not say
/// where it comes from goes by its own place.
std::string mark_of(const KeptLetter& letter) {
    return text_of(letter.original.offset >= 0 ? letter.original : letter.place);
}

/// Collects what is wanted, and marks what was replayed.
class Collector {
public:
    Collector(const std::string& topic, const KafkaLetterBox::Wanted& wanted)
        : topic_(topic), wanted_(wanted) {}

    void take(const rd_kafka_message_t& message) {
        const auto mark = kafka::header_of(message, kReplayedHeader);
        if (!mark.empty()) {
            const auto found = letters_.find(mark);
            if (found != letters_.end()) {
                found->second.replayed = true;
            }
            return;
        }
        auto letter = letter_of(message, topic_);
        if (!wanted_(letter) || letters_.contains(mark_of(letter))) {
            return;
        }
        if (letters_.size() >= kLettersMax) {
            full_ = true;
            return;
        }
        if (value_bytes_ + message.len <= kValueBytesMax) {
            letter.value = copy_of(message.payload, message.len);
            value_bytes_ += message.len;
        }
        auto name = mark_of(letter);
        letters_.emplace(std::move(name), std::move(letter));
    }

    [[nodiscard]] bool full() const noexcept { return full_; }

    std::vector<KeptLetter> finish() {
        std::vector<KeptLetter> sorted;
        for (auto& [name, letter] : letters_) {
            sorted.push_back(std::move(letter));
        }
        std::ranges::sort(sorted, {}, &KeptLetter::place);
        return sorted;
    }

private:
    const std::string& topic_;
    const KafkaLetterBox::Wanted& wanted_;
    std::map<std::string, KeptLetter> letters_;
    std::size_t value_bytes_ = 0;
    bool full_ = false;
};

/// From beginning to end; true when all ends were reached in time.
Result<bool> read_all(
    kafka::TopicReader& reader, Collector& collector, const Clock& clock, Deadline deadline
) {
    std::map<std::int32_t, std::int64_t> waiting;
    for (const auto& [partition, range] : reader.ranges()) {
        if (range.begin < range.end) {
            if (auto begun = reader.start(partition, range.begin); !begun) {
                return pass_on(begun);
            }
            waiting[partition] = range.end;
        }
    }
    while (!waiting.empty()) {
        if (deadline.passed(clock.mono_now())) {
            return false;
        }
        auto message = reader.next(kTurn);
        if (!message) {
            return pass_on(message);
        }
        if (!*message) {
            continue;
        }
        const auto& read = **message;
        const bool at_end = read.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (!at_end) {
            collector.take(read);
        }
        const auto end = waiting.find(read.partition);
        if (end != waiting.end() && (at_end || read.offset + 1 >= end->second)) {
            waiting.erase(end);
        }
    }
    return true;
}

/// A producer that sends one record at a time and waits for what becomes of it.
class OneByOne {
public:
    OneByOne(const Clock& clock, Deadline deadline) : clock_(clock), deadline_(deadline) {}

    Result<void> open(const KafkaConnection& connection, Log& log) {
        auto made = kafka::KafkaProducer::make(
            connection,
            {.client_id = "numproof-replay", .linger = Milliseconds{0}},
            {.metrics = metrics_, .log = log},
            [this](std::uintptr_t, std::optional<Error> error) {
                outcome_ = error ? Result<void>{tl::unexpected(std::move(*error))} : Result<void>{};
            }
        );
        if (!made) {
            return pass_on(made);
        }
        producer_ = std::move(*made);
        return {};
    }

    Result<void> send(const kafka::OutgoingRecord& record) {
        outcome_.reset();
        if (auto sent = producer_->send(record, 0); !sent) {
            return sent;
        }
        while (!outcome_) {
            if (deadline_.passed(clock_.mono_now())) {
                return fail(ErrorCode::deadline_exceeded, "kafka did not acknowledge in time");
            }
            producer_->poll(kTurn);
        }
        return *outcome_;
    }

private:
    const Clock& clock_;
    Deadline deadline_;
    KafkaProducerMetrics metrics_{"replays"};
    std::optional<Result<void>> outcome_;
    std::unique_ptr<kafka::KafkaProducer> producer_;
};

Result<void> send_back(OneByOne& producer, const Replay& replay) {
    const kafka::HeaderList from{{kafka::kReplayedFrom, text_of(replay.letter)}};
    kafka::OutgoingRecord record;
    record.topic = replay.to.at.topic;
    record.partition = replay.to.at.partition;
    if (replay.key) {
        record.key = *replay.key;
    }
    record.value = replay.value;
    record.headers = &from;
    record.timestamp = replay.time;
    return producer.send(record);
}

Result<void> mark_replayed(OneByOne& producer, const Replay& replay) {
    const kafka::HeaderList done{{kReplayedHeader, text_of(replay.to)}};
    kafka::OutgoingRecord mark;
    mark.topic = replay.letter.at.topic;
    mark.partition = replay.letter.at.partition;
    mark.value = "replayed";  // An empty value would be a tombstone on a compacted topic.
    mark.headers = &done;
    return producer.send(mark);
}

}  // namespace

KafkaLetterBox::KafkaLetterBox(Settings settings, Environment environment)
    : settings_(std::move(settings)), env_(environment) {}

Result<KafkaLetterBox::Reading> KafkaLetterBox::read(const Wanted& wanted, Deadline deadline) {
    ReaderEvents events{env_.log, settings_.connection.security.token_source};
    auto reader = kafka::TopicReader::open(
        settings_.connection, settings_.topic, events, env_.clock, deadline
    );
    if (!reader) {
        return pass_on(reader);
    }
    Collector collector{settings_.topic, wanted};
    auto complete = read_all(*reader, collector, env_.clock, deadline);
    if (!complete) {
        return pass_on(complete);
    }
    const bool whole = *complete && !collector.full();
    return Reading{.letters = collector.finish(), .complete = whole};
}

Result<std::size_t> KafkaLetterBox::put_back(
    const std::vector<Replay>& replays, Deadline deadline
) {
    OneByOne producer{env_.clock, deadline};
    if (auto opened = producer.open(settings_.connection, env_.log); !opened) {
        return pass_on(opened);
    }
    std::size_t done = 0;
    for (const auto& replay : replays) {
        auto sent = send_back(producer, replay);
        if (sent) {
            sent = mark_replayed(producer, replay);
        }
        if (!sent) {
            env_.log.write(
                messages::replay_failed,
                {{"record", text_of(replay.to)}, {"reason", sent.error().detail}}
            );
            break;
        }
        ++done;
    }
    return done;
}

}  // namespace numproof
