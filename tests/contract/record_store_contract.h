// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/store_host.h"

namespace numproof {

/// What every RecordStore promises. Instantiate it with the hosts of an adapter:
///   INSTANTIATE_TEST_SUITE_P(Stores, RecordStoreContract, testing::Values(…), host_name);
class RecordStoreContract : public testing::TestWithParam<StoreHostFactory> {
protected:
    static constexpr Milliseconds kLong = std::chrono::minutes{5};

    std::unique_ptr<StoreHost> host_ = GetParam().make();

    static Record record(std::string_view revision, std::string_view value) {
        return {.revision = Bytes{revision}, .value = Bytes{value}};
    }

    static Replacement creation(std::string key, Record made, Milliseconds keep = kLong) {
        return {.key = std::move(key), .expected = {}, .record = std::move(made), .keep = keep};
    }

    Result<std::vector<std::optional<Record>>> try_read(std::vector<std::string> keys) {
        auto& store = host_->records();
        return ask(*host_, store.read(std::move(keys), in_good_time(*host_)));
    }

    std::vector<std::optional<Record>> read(std::vector<std::string> keys) {
        auto answer = try_read(std::move(keys));
        EXPECT_TRUE(answer.has_value()) << answer.error().detail;
        return answer.value_or(std::vector<std::optional<Record>>{});
    }

    std::optional<Record> read_one(std::string key) {
        const auto answer = read({std::move(key)});
        return answer.size() == 1 ? answer.front() : std::nullopt;
    }

    std::vector<ReplaceOutcome> replace(std::vector<Replacement> list) {
        auto& store = host_->records();
        auto answer = ask(*host_, store.replace(std::move(list), in_good_time(*host_)));
        EXPECT_TRUE(answer.has_value()) << answer.error().detail;
        return answer.value_or(std::vector<ReplaceOutcome>{});
    }

    ReplaceOutcome replace_one(Replacement wanted) {
        auto outcomes = replace({std::move(wanted)});
        EXPECT_EQ(outcomes.size(), 1U);
        return outcomes.empty() ? ReplaceOutcome{} : std::move(outcomes.front());
    }
};

TEST_P(RecordStoreContract, FindsNothingWhereNothingWasStored) {
    EXPECT_EQ(read_one("np:a:internet:10.0.0.1"), std::nullopt);
}

TEST_P(RecordStoreContract, GivesBackWhatWasStored) {
    const auto stored = record("rev-0001", "value");

    EXPECT_TRUE(replace_one(creation("np:s:one", stored)).replaced);

    EXPECT_EQ(read_one("np:s:one"), stored);
}

TEST_P(RecordStoreContract, CreatesOnlyWhereNothingIs) {
    const auto first = record("rev-0001", "first");
    replace_one(creation("np:s:one", first));

    const auto outcome = replace_one(creation("np:s:one", record("rev-0002", "second")));

    EXPECT_FALSE(outcome.replaced);
    EXPECT_EQ(outcome.current, first);
    EXPECT_EQ(read_one("np:s:one"), first);
}

TEST_P(RecordStoreContract, ReplacesTheRevisionThatWasRead) {
    replace_one(creation("np:s:one", record("rev-0001", "first")));
    auto wanted = creation("np:s:one", record("rev-0002", "second"));
    wanted.expected = "rev-0001";

    const auto outcome = replace_one(wanted);

    EXPECT_TRUE(outcome.replaced);
    EXPECT_EQ(outcome.current, std::nullopt);
    EXPECT_EQ(read_one("np:s:one"), record("rev-0002", "second"));
}

TEST_P(RecordStoreContract, RefusesAnotherRevisionAndShowsWhatStandsThere) {
    const auto standing = record("rev-0001", "first");
    replace_one(creation("np:s:one", standing));
    auto wanted = creation("np:s:one", record("rev-0002", "second"));
    wanted.expected = "rev-0000";

    const auto outcome = replace_one(wanted);

    EXPECT_FALSE(outcome.replaced);
    EXPECT_EQ(outcome.current, standing);
    EXPECT_EQ(read_one("np:s:one"), standing);
}

TEST_P(RecordStoreContract, RefusesToReplaceWhatIsGone) {
    auto wanted = creation("np:s:gone", record("rev-0002", "second"));
    wanted.expected = "rev-0001";

    const auto outcome = replace_one(wanted);

    EXPECT_FALSE(outcome.replaced);
    EXPECT_EQ(outcome.current, std::nullopt);
    EXPECT_EQ(read_one("np:s:gone"), std::nullopt);
}

TEST_P(RecordStoreContract, AnswersInTheOrderOfTheKeys) {
    replace(
        {creation("np:s:a", record("rev-000a", "A")),
         creation("np:s:b", record("rev-000b", "B")),
         creation("np:s:c", record("rev-000c", "C"))}
    );

    const auto answer = read({"np:s:c", "np:s:none", "np:s:a", "np:s:c", "np:s:b"});

    EXPECT_THAT(
        answer,
        testing::ElementsAre(
            record("rev-000c", "C"),
            std::nullopt,
            record("rev-000a", "A"),
            record("rev-000c", "C"),
            record("rev-000b", "B")
        )
    );
}

TEST_P(RecordStoreContract, JudgesEachReplacementOfAListByItself) {
    replace_one(creation("np:s:b", record("rev-000b", "B")));

    const auto outcomes = replace(
        {creation("np:s:a", record("rev-000a", "A")),
         creation("np:s:b", record("rev-000x", "X")),
         creation("np:s:c", record("rev-000c", "C"))}
    );

    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_TRUE(outcomes[0].replaced);
    EXPECT_FALSE(outcomes[1].replaced);
    EXPECT_EQ(outcomes[1].current, record("rev-000b", "B"));
    EXPECT_TRUE(outcomes[2].replaced);
    EXPECT_EQ(read_one("np:s:c"), record("rev-000c", "C"));
}

// Fields of hashes beside keys of their own: nobody outside can tell.
TEST_P(RecordStoreContract, KeepsFieldsLikeKeys) {
    const std::string field = "np:a:internet:10.0.0.0-127#7";
    const std::string neighbour = "np:a:internet:10.0.0.0-127#8";
    const auto first = record("rev-0001", "first");
    const auto second = record("rev-0002", "second");

    EXPECT_EQ(read_one(field), std::nullopt);
    EXPECT_TRUE(replace_one(creation(field, first)).replaced);
    const auto taken = replace_one(creation(field, second));
    EXPECT_FALSE(taken.replaced);
    EXPECT_EQ(taken.current, first);

    auto wanted = creation(field, second);
    wanted.expected = "rev-0000";
    const auto refused = replace_one(wanted);
    EXPECT_FALSE(refused.replaced);
    EXPECT_EQ(refused.current, first);
    wanted.expected = "rev-0001";
    EXPECT_TRUE(replace_one(wanted).replaced);
    replace_one(creation("np:s:plain", first));

    EXPECT_THAT(
        read({"np:s:plain", neighbour, field, "np:i:abc8#x", field}),
        testing::ElementsAre(first, std::nullopt, second, std::nullopt, second)
    );
}

TEST_P(RecordStoreContract, RefusesToReplaceAFieldThatIsNotThere) {
    auto wanted = creation("np:i:abc8#gone", record("rev-0002", "second"));
    wanted.expected = "rev-0001";

    const auto outcome = replace_one(wanted);

    EXPECT_FALSE(outcome.replaced);
    EXPECT_EQ(outcome.current, std::nullopt);
}

TEST_P(RecordStoreContract, ReplacesInTheOrderOfTheList) {
    auto second = creation("np:s:a", record("rev-0002", "second"));
    second.expected = "rev-0001";

    const auto outcomes = replace({creation("np:s:a", record("rev-0001", "first")), second});

    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_TRUE(outcomes[1].replaced);
    EXPECT_EQ(read_one("np:s:a"), record("rev-0002", "second"));
}

TEST_P(RecordStoreContract, KeepsAnyOctets) {
    using namespace std::string_literals;
    const std::vector<Record> odd{
        record("\0\0\0\0\0\0\0\0"s, ""),
        record("\r\n$-1\r\n\0"s, "\0\r\n*1\r\n\xff\xfe"s),
        record("rev-0003", std::string(100'000, '\xaa')),
        record("        ", " "),
    };

    for (std::size_t i = 0; i < odd.size(); ++i) {
        const auto key = "np:a:odd \r\n key:" + std::to_string(i);
        EXPECT_TRUE(replace_one(creation(key, odd[i])).replaced) << i;
        EXPECT_EQ(read_one(key), odd[i]) << i;
    }
}

TEST_P(RecordStoreContract, AnswersEmptyListsWithEmptyLists) {
    EXPECT_TRUE(read({}).empty());
    EXPECT_TRUE(replace({}).empty());
}

TEST_P(RecordStoreContract, ForgetsARecordWhoseTimeHasPassed) {
    replace(
        {creation("np:s:short", record("rev-0001", "short"), Milliseconds{30}),
         creation("np:s:long", record("rev-0002", "long"))}
    );

    host_->let_pass(Milliseconds{30});

    EXPECT_EQ(read_one("np:s:short"), std::nullopt);
    EXPECT_EQ(read_one("np:s:long"), record("rev-0002", "long"));
    EXPECT_TRUE(replace_one(creation("np:s:short", record("rev-0003", "new"))).replaced);
}

TEST_P(RecordStoreContract, CountsTheTimeOfARecordFromItsLastReplacement) {
    replace_one(creation("np:s:one", record("rev-0001", "first"), Milliseconds{30}));
    auto longer = creation("np:s:one", record("rev-0002", "second"));
    longer.expected = "rev-0001";
    ASSERT_TRUE(replace_one(longer).replaced);

    host_->let_pass(Milliseconds{30});

    EXPECT_EQ(read_one("np:s:one"), record("rev-0002", "second"));
}

TEST_P(RecordStoreContract, NamesOneLifeTheSameForEveryNode) {
    const auto peer = host_->peer();

    const auto here = ask(*host_, host_->records().incarnation(in_good_time(*host_)));
    const auto there = ask(*peer, peer->records().incarnation(in_good_time(*peer)));

    ASSERT_TRUE(here.has_value());
    ASSERT_TRUE(there.has_value());
    EXPECT_FALSE(here->empty());
    EXPECT_EQ(*here, *there);
}

TEST_P(RecordStoreContract, DoesNothingAfterTheDeadline) {
    const Deadline passed{host_->clock().mono_now()};
    auto& store = host_->records();
    std::vector<Replacement> list{creation("np:s:late", record("rev-0001", "late"))};

    const auto wrote = ask(*host_, store.replace(list, passed));
    const auto looked = ask(*host_, store.read({"np:s:late"}, passed));
    const auto named = ask(*host_, store.incarnation(passed));

    ASSERT_FALSE(wrote.has_value());
    EXPECT_EQ(wrote.error().code, ErrorCode::deadline_exceeded);
    ASSERT_FALSE(looked.has_value());
    EXPECT_EQ(looked.error().code, ErrorCode::deadline_exceeded);
    ASSERT_FALSE(named.has_value());
    EXPECT_EQ(named.error().code, ErrorCode::deadline_exceeded);
    EXPECT_EQ(read_one("np:s:late"), std::nullopt);
}

/// One node adds one to a number, `times` times, as the directory does it: read, apply, replace
/// if it is still the same, else once more.
inline void count_up(StoreHost& node, std::size_t who, int times) {
    const std::string key = "np:s:counter";
    for (int done = 0, attempt = 0; done < times; ++attempt) {
        auto seen = ask(node, node.records().read({key}, in_good_time(node)));
        ASSERT_TRUE(seen.has_value()) << seen.error().detail;
        const auto& was = seen->front();
        auto revision = std::to_string(who) + ":" + std::to_string(attempt);
        revision.resize(8, '.');
        const auto next = was ? std::stoi(was->value) + 1 : 1;
        std::vector<Replacement> list{
            {.key = key,
             .expected = was ? was->revision : Bytes{},
             .record = {.revision = revision, .value = std::to_string(next)},
             .keep = std::chrono::minutes{5}}};
        auto outcome = ask(node, node.records().replace(list, in_good_time(node)));
        ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
        done += outcome->front().replaced ? 1 : 0;
    }
}

TEST_P(RecordStoreContract, LosesNoUpdateWhenNodesRace) {
    constexpr std::size_t kNodes = 8;
    constexpr int kTimes = 25;

    race(*host_, kNodes, [](StoreHost& node, std::size_t who) { count_up(node, who, kTimes); });

    const auto counter = read_one("np:s:counter");
    ASSERT_TRUE(counter.has_value());
    EXPECT_EQ(counter->value, std::to_string(kNodes * kTimes));
}

}  // namespace numproof
