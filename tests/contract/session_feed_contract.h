// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/session_feed_host.h"

namespace numproof {

/// The contract of SessionFeed, for every adapter and fake: INSTANTIATE_TEST_SUITE_P with its host.
class SessionFeedContract : public testing::TestWithParam<FeedHostMaker> {
protected:
    static constexpr Milliseconds kPatience{30'000};
    static constexpr Milliseconds kShort{200};

    std::unique_ptr<FeedHost> host_ = GetParam().make();

    const std::string events_ = host_->unique("events");
    const std::string more_ = host_->unique("more");
    const std::string others_ = host_->unique("others");

    [[nodiscard]] TopicPartition place(std::int32_t partition) const {
        return TopicPartition{.topic = events_, .partition = partition};
    }

    void append(const TopicPartition& at, const std::string& value) {
        FeedRecord record;
        record.at = at;
        record.key = "key-" + value;
        record.value = value;
        record.timestamp = wall_from_ms(1795341600123);
        host_->append(record);
    }

    /// Reads until there are `count` records, or patience ends.
    std::vector<FeedRecord> read(SessionFeed& feed, std::size_t count) {
        std::vector<FeedRecord> all;
        const auto end = host_->within(kPatience);
        while (all.size() < count) {
            auto some = host_->run(feed.next(count - all.size(), end));
            if (!some || some->empty()) {
                ADD_FAILURE() << (some ? "no record came" : some.error().detail);
                break;
            }
            std::move(some->begin(), some->end(), std::back_inserter(all));
        }
        EXPECT_FALSE(host_->passed(end)) << "records came late";
        return all;
    }

    static std::vector<std::string> values(const std::vector<FeedRecord>& records) {
        std::vector<std::string> all;
        for (const auto& record : records) {
            all.push_back(record.value);
        }
        return all;
    }

    void expect_nothing_more(SessionFeed& feed) {
        const auto more = host_->run(feed.next(10, host_->within(kShort)));

        ASSERT_TRUE(more.has_value()) << more.error().detail;
        EXPECT_THAT(values(*more), testing::IsEmpty());
    }

    void leave(SessionFeed& feed) {
        const auto deadline = host_->within(kPatience);
        host_->run(feed.leave(deadline));
        EXPECT_FALSE(host_->passed(deadline)) << "leaving hangs";
    }

    std::vector<PartitionSpan> spans(SessionFeed& feed) {
        auto told = host_->run(feed.spans(host_->within(kPatience)));
        EXPECT_TRUE(told.has_value()) << (told ? "" : told.error().detail);
        return told ? std::move(*told) : std::vector<PartitionSpan>{};
    }
};

TEST_P(SessionFeedContract, StartsANewGroupAtTheBeginning) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    append(place(0), "b");
    const auto feed = host_->feed({events_});

    const auto records = read(*feed, 2);

    EXPECT_THAT(values(records), testing::ElementsAre("a", "b"));
    EXPECT_FALSE(feed->generation_lost());
    leave(*feed);
}

TEST_P(SessionFeedContract, GivesARecordAsItWasAppended) {
    host_->make_topic(events_, 2);
    append(place(1), "v");
    const auto feed = host_->feed({events_});

    const auto records = read(*feed, 1);

    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].at, place(1));
    EXPECT_EQ(records[0].offset, 0);
    EXPECT_EQ(records[0].key, "key-v");
    EXPECT_EQ(records[0].value, "v");
    EXPECT_EQ(epoch_ms(records[0].timestamp), 1795341600123);
    leave(*feed);
}

TEST_P(SessionFeedContract, KeepsTheOrderOfEveryPartitionOfEveryTopic) {
    host_->make_topic(events_, 2);
    host_->make_topic(more_, 1);
    const std::vector<TopicPartition> places{
        place(0), place(1), TopicPartition{.topic = more_, .partition = 0}};
    for (int i = 0; i < 20; ++i) {
        for (const auto& at : places) {
            append(at, std::to_string(i));
        }
    }
    const auto feed = host_->feed({events_, more_});

    const auto records = read(*feed, 60);

    std::map<TopicPartition, std::int64_t> next;
    for (const auto& record : records) {
        EXPECT_EQ(record.offset, next[record.at]++);
        EXPECT_EQ(record.value, std::to_string(record.offset));
    }
    EXPECT_EQ(next.size(), 3U);
    leave(*feed);
}

TEST_P(SessionFeedContract, GivesNoMoreRecordsThanAskedFor) {
    host_->make_topic(events_, 1);
    for (int i = 0; i < 5; ++i) {
        append(place(0), std::to_string(i));
    }
    const auto feed = host_->feed({events_});

    const auto records = host_->run(feed->next(2, host_->within(kPatience)));

    ASSERT_TRUE(records.has_value());
    EXPECT_LE(records->size(), 2U);
    EXPECT_GE(records->size(), 1U);
    leave(*feed);
}

TEST_P(SessionFeedContract, FindsTheOnlyRecordAmongManyEmptyPartitionsAtOnce) {
    host_->make_topic(events_, 12);
    append(place(7), "a");
    const auto feed = host_->feed({events_});
    const auto deadline = host_->within(kPatience);

    const auto records = host_->run(feed->next(1, deadline));

    ASSERT_TRUE(records.has_value()) << records.error().detail;
    EXPECT_THAT(values(*records), testing::ElementsAre("a"));
    EXPECT_FALSE(host_->passed(deadline));
    leave(*feed);
}

TEST_P(SessionFeedContract, AnswersEmptyWhenNothingComesByTheDeadline) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    const auto feed = host_->feed({events_});
    read(*feed, 1);

    expect_nothing_more(*feed);

    leave(*feed);
}

TEST_P(SessionFeedContract, ResumesAtTheStoredOffset) {
    host_->make_topic(events_, 1);
    for (const auto* value : {"a", "b", "c"}) {
        append(place(0), value);
    }
    auto first = host_->feed({events_});
    read(*first, 3);
    ASSERT_TRUE(first->store_offset(place(0), 2).has_value());
    leave(*first);
    first.reset();

    const auto second = host_->feed({events_});
    const auto records = read(*second, 1);

    EXPECT_THAT(values(records), testing::ElementsAre("c"));
    EXPECT_FALSE(second->generation_lost());
    leave(*second);
}

TEST_P(SessionFeedContract, ReadsAgainWhatWasNeverStored) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    auto first = host_->feed({events_});
    read(*first, 1);
    leave(*first);
    first.reset();

    const auto second = host_->feed({events_});

    EXPECT_THAT(values(read(*second, 1)), testing::ElementsAre("a"));
    leave(*second);
}

TEST_P(SessionFeedContract, StoresAnOffsetThatWentBack) {
    host_->make_topic(events_, 1);
    for (const auto* value : {"a", "b", "c"}) {
        append(place(0), value);
    }
    auto first = host_->feed({events_});
    read(*first, 3);
    ASSERT_TRUE(first->store_offset(place(0), 3).has_value());
    ASSERT_TRUE(first->rewind(place(0), 0).has_value());
    read(*first, 1);
    ASSERT_TRUE(first->store_offset(place(0), 1).has_value());
    leave(*first);
    first.reset();

    const auto second = host_->feed({events_});

    EXPECT_THAT(values(read(*second, 2)), testing::ElementsAre("b", "c"));
    leave(*second);
}

TEST_P(SessionFeedContract, TellsWhereItStands) {
    host_->make_topic(events_, 2);
    for (const auto* value : {"a", "b", "c"}) {
        append(place(1), value);
    }
    const auto feed = host_->feed({events_});
    read(*feed, 2);

    auto told = spans(*feed);

    std::sort(told.begin(), told.end(), [](auto& a, auto& b) { return a.at < b.at; });
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].at, place(0));
    EXPECT_EQ(told[0].end, 0);
    EXPECT_EQ(told[0].position, 0);
    EXPECT_EQ(told[1].begin, 0);
    EXPECT_EQ(told[1].end, 3);
    EXPECT_EQ(told[1].position, 2);
    leave(*feed);
}

TEST_P(SessionFeedContract, CountsThePartitionsOfItsTopicsOnly) {
    host_->make_topic(events_, 3);
    host_->make_topic(more_, 1);
    host_->make_topic(others_, 5);
    const auto feed = host_->feed({events_, more_});

    const auto counts = host_->run(feed->partition_counts(host_->within(kPatience)));

    ASSERT_TRUE(counts.has_value()) << counts.error().detail;
    EXPECT_THAT(*counts, testing::ElementsAre(testing::Pair(events_, 3), testing::Pair(more_, 1)));
    leave(*feed);
}

TEST_P(SessionFeedContract, RewindsOnePartitionAndLeavesTheOthers) {
    host_->make_topic(events_, 2);
    for (const auto* value : {"a", "b", "c"}) {
        append(place(0), value);
        append(place(1), value);
    }
    const auto feed = host_->feed({events_});
    read(*feed, 6);

    ASSERT_TRUE(feed->rewind(place(1), 1).has_value());

    const auto records = read(*feed, 2);
    EXPECT_THAT(values(records), testing::ElementsAre("b", "c"));
    EXPECT_THAT(records, testing::Each(testing::Field(&FeedRecord::at, place(1))));
    expect_nothing_more(*feed);
    leave(*feed);
}

TEST_P(SessionFeedContract, GivesNothingFromBeforeARewindAfterIt) {
    host_->make_topic(events_, 1);
    for (int i = 0; i < 50; ++i) {
        append(place(0), std::to_string(i));
    }
    const auto feed = host_->feed({events_});
    read(*feed, 10);

    ASSERT_TRUE(feed->rewind(place(0), 0).has_value());

    EXPECT_THAT(values(read(*feed, 3)), testing::ElementsAre("0", "1", "2"));
    leave(*feed);
}

TEST_P(SessionFeedContract, RefusesToRewindWhatIsNotAssigned) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    const auto feed = host_->feed({events_});
    read(*feed, 1);

    const auto done = feed->rewind(place(7), 0);

    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, ErrorCode::invalid_value);
    leave(*feed);
}

TEST_P(SessionFeedContract, IgnoresAnOffsetOfAPartitionThatIsNotAssigned) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    const auto feed = host_->feed({events_});
    read(*feed, 1);

    EXPECT_TRUE(feed->store_offset(place(7), 1).has_value());

    leave(*feed);
}

TEST_P(SessionFeedContract, BeginsAnewWhenTheBrokerNoLongerHasItsOffset) {
    host_->make_topic(events_, 1);
    for (const auto* value : {"a", "b", "c", "d"}) {
        append(place(0), value);
    }
    auto first = host_->feed({events_});
    read(*first, 1);
    ASSERT_TRUE(first->store_offset(place(0), 1).has_value());
    leave(*first);
    first.reset();
    host_->cut_before(place(0), 3);

    const auto second = host_->feed({events_});
    const auto records = read(*second, 1);

    ASSERT_EQ(records.size(), 1U);
    EXPECT_GE(records[0].offset, 3);
    EXPECT_EQ(records[0].offset, spans(*second).at(0).begin);
    EXPECT_TRUE(second->generation_lost());
    EXPECT_FALSE(second->generation_lost());
    leave(*second);
}

TEST_P(SessionFeedContract, NamesATopicThatIsMissing) {
    host_->make_topic(events_, 1);
    const auto feed = host_->feed({events_, host_->unique("nowhere")});

    const auto records = host_->run(feed->next(1, host_->within(kPatience)));

    ASSERT_FALSE(records.has_value());
    EXPECT_EQ(records.error().code, ErrorCode::invalid_configuration);
    EXPECT_THAT(records.error().detail, testing::HasSubstr("nowhere"));
    leave(*feed);
}

TEST_P(SessionFeedContract, LeavesSoonEvenWhileItJoins) {
    constexpr Milliseconds kJoining{50};
    host_->make_topic(events_, 1);
    append(place(0), "a");
    for (int turns = 0; turns < 3; ++turns) {
        const auto feed = host_->feed({events_});
        static_cast<void>(host_->run(feed->next(1, host_->within(kJoining * turns))));
        const auto deadline = host_->within(kPatience);

        host_->run(feed->leave(deadline));

        EXPECT_FALSE(host_->passed(deadline));
    }
}

TEST_P(SessionFeedContract, IsClosedAfterItLeft) {
    host_->make_topic(events_, 1);
    append(place(0), "a");
    const auto feed = host_->feed({events_});
    read(*feed, 1);

    leave(*feed);

    const auto records = host_->run(feed->next(1, host_->within(kPatience)));
    ASSERT_FALSE(records.has_value());
    EXPECT_EQ(records.error().code, ErrorCode::closed);
}

}  // namespace numproof
