// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_session_feed.h"

#include "tests/contract/session_feed_contract.h"
#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

class FakeFeedHost final : public FeedHost {
public:
    std::string unique(const std::string& name) const override { return name; }

    void make_topic(const std::string& topic, std::int32_t partitions) override {
        log_.make_topic(topic, partitions);
    }

    void append(const FeedRecord& record) override {
        log_.append(record.at, record.value, record.key, record.timestamp);
    }

    void cut_before(const TopicPartition& at, std::int64_t offset) override {
        log_.cut_before(at, offset);
    }

    std::unique_ptr<SessionFeed> feed(std::vector<std::string> topics) override {
        return std::make_unique<FakeSessionFeed>(log_, std::move(topics));
    }

    Deadline within(Milliseconds budget) const override {
        return Deadline::after(MonoTime{}, budget);
    }

    bool passed(Deadline deadline) const override { return deadline.passed(MonoTime{}); }

    void turn_until(const std::function<bool()>& done) override { NP_CHECK(done()); }

private:
    FakeFeedLog log_;
};

INSTANTIATE_TEST_SUITE_P(
    Feeds,
    SessionFeedContract,
    testing::Values(FeedHostMaker{
        .name = "Fake", .make = [] { return std::make_unique<FakeFeedHost>(); }}),
    host_name
);

class FakeSessionFeedTest : public testing::Test {
protected:
    FakeFeedLog log_;
    const TopicPartition at_{.topic = "events", .partition = 0};
    const Deadline whenever_{MonoTime{}};

    void SetUp() override { log_.make_topic("events", 1); }
};

TEST_F(FakeSessionFeedTest, WaitsForARecordWhenToldTo) {
    FakeSessionFeed feed{log_, {"events"}, FakeSessionFeed::WhenIdle::wait};
    std::size_t got = 0;

    spawn(feed.next(1, whenever_), [&got](Result<std::vector<FeedRecord>> records) {
        got = records->size();
    });
    const bool waited = feed.waiting();
    log_.append(at_, "a");

    EXPECT_TRUE(waited);
    EXPECT_EQ(got, 1U);
}

TEST_F(FakeSessionFeedTest, FailsOnceWhereItIsToldTo) {
    FakeSessionFeed feed{log_, {"events"}};
    feed.fail_once(FakeSessionFeed::Call::next, Error{ErrorCode::broker_unavailable, "down"});

    const auto first = run_now(feed.next(1, whenever_));
    const auto second = run_now(feed.next(1, whenever_));

    EXPECT_FALSE(first.has_value());
    EXPECT_TRUE(second.has_value());
}

TEST_F(FakeSessionFeedTest, ForgetsAPositionThatWasRevoked) {
    log_.append(at_, "a");
    FakeSessionFeed feed{log_, {"events"}};
    static_cast<void>(run_now(feed.next(1, whenever_)));

    feed.assign({});
    feed.assign({at_});

    EXPECT_EQ(run_now(feed.next(1, whenever_))->size(), 1U);
}

}  // namespace
}  // namespace numproof
