// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>

#include "adapters/kafka/kafka_audit_sink.h"
#include "adapters/kafka/kafka_audit_tail.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kPatience{30'000};
constexpr Milliseconds kNoPatience{0};
constexpr int kPartitions = 6;

using Cursor = KafkaAuditTail::Cursor;
using Reading = KafkaAuditTail::Reading;

/// Times as text sort as numbers do.
std::string time_text(int number) {
    return std::to_string(100'000 + number);
}

class AuditTail : public testing::Test {
protected:
    std::unique_ptr<InProcessFeedHost> host_ = InProcessFeedHost::make();

    void SetUp() override { host_->make_topic("audit", kPartitions); }

    [[nodiscard]] KafkaAuditTail tail() const {
        return KafkaAuditTail{
            {.connection = host_->connection(), .topic = "audit"},
            {.clock = host_->clock(), .log = host_->log()}};
    }

    /// Writes events with the times `first` to `last`, in that order, to all partitions.
    void write(int first, int last, std::size_t data_bytes = 2) {
        auto sink = KafkaAuditSink::make(
            {.connection = host_->connection(), .topic = "audit"},
            {.clock = host_->clock(), .log = host_->log()}
        );
        NP_CHECK(sink.has_value());
        std::vector<AuditRecord> records;
        for (int time = first; time <= last; ++time) {
            records.push_back(
                {.key = "key-" + std::to_string(time),
                 .headers = {{"ce_time", time_text(time)}},
                 .value = std::string(data_bytes, 'x')}
            );
        }
        NP_CHECK((*sink)->deliver(records, within()).has_value());
    }

    [[nodiscard]] Deadline within() const { return host_->within(kPatience); }

    [[nodiscard]] Reading newest(std::size_t count) const {
        auto reading = tail().newest(count, within());
        NP_CHECK(reading.has_value());
        return std::move(*reading);
    }

    [[nodiscard]] Reading since(const Cursor& cursor, Milliseconds patience = kNoPatience) const {
        auto reading = tail().since(cursor, patience, within());
        NP_CHECK(reading.has_value());
        return std::move(*reading);
    }
};

std::vector<std::string> times_of(const Reading& reading) {
    std::vector<std::string> times;
    for (const auto& event : reading.events) {
        times.push_back(event.attributes.at("time"));
    }
    return times;
}

std::vector<std::string> times_between(int first, int last) {
    std::vector<std::string> times;
    for (int time = first; time <= last; ++time) {
        times.push_back(time_text(time));
    }
    return times;
}

TEST_F(AuditTail, ShowsTheNewestOfAllPartitions) {
    write(1, 2400);

    EXPECT_EQ(times_of(newest(1)), times_between(2400, 2400));
    EXPECT_EQ(times_of(newest(500)), times_between(1901, 2400));
    EXPECT_EQ(times_of(newest(9999)), times_between(1901, 2400));
}

TEST_F(AuditTail, GoesOnWhereAReadingEnded) {
    write(1, 40);
    const auto before = newest(0);
    EXPECT_TRUE(before.events.empty());
    EXPECT_EQ(before.cursor.size(), std::size_t{kPartitions});
    EXPECT_TRUE(since(before.cursor).events.empty());

    write(41, 90);
    const auto next = since(before.cursor, kPatience);

    EXPECT_EQ(times_of(next), times_between(41, 90));
    EXPECT_TRUE(since(next.cursor).events.empty());
}

TEST_F(AuditTail, ReadsAPartitionThatWasMadeAnewFromItsBeginning) {
    write(1, 90);
    auto cursor = newest(0).cursor;
    for (auto& [partition, next] : cursor) {
        next += 1'000'000;
    }

    EXPECT_EQ(times_of(since(cursor)), times_between(1, 90));
}

TEST_F(AuditTail, BoundsAnAnswerAndLosesNothing) {
    constexpr int kEvents = 12;
    write(1, kEvents, 900'000);

    EXPECT_EQ(times_of(newest(kEvents)), times_between(kEvents - 3, kEvents));

    std::multiset<std::string> seen;
    Cursor cursor;
    for (auto left = kEvents; left > 0; --left) {
        const auto reading = since(cursor);
        EXPECT_LE(reading.events.size(), 5U);
        cursor = reading.cursor;
        for (auto& time : times_of(reading)) {
            seen.insert(std::move(time));
        }
    }
    EXPECT_THAT(seen, testing::UnorderedElementsAreArray(times_between(1, kEvents)));
}

TEST_F(AuditTail, NamesATopicThatIsNotThere) {
    KafkaAuditTail other{
        {.connection = host_->connection(), .topic = "nowhere"},
        {.clock = host_->clock(), .log = host_->log()}};

    const auto reading = other.newest(1, within());

    ASSERT_FALSE(reading.has_value());
    EXPECT_THAT(reading.error().detail, testing::HasSubstr("nowhere"));
}

}  // namespace
}  // namespace numproof
