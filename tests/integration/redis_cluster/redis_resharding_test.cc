// SPDX-License-Identifier: Apache-2.0
// Slots that move while they are used: nothing is lost, taken twice, or taken for missing.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "tests/integration/redis_cluster/cluster_fixture.h"

namespace numproof {
namespace {

class RedisResharding : public testing::Test {
protected:
    RedisClusterServers cluster_{RedisClusterServers::Shape{}};
    std::unique_ptr<RedisStoreHost> host_ = ready_host(options_for(cluster_));

    [[nodiscard]] std::string life() { return incarnation(*host_).value(); }
};

TEST_F(RedisResharding, LeavesEveryRecordWhereItIsFound) {
    std::vector<std::string> keys;
    for (int i = 0; i < 20; ++i) {
        keys.push_back("np:{moving}:x:" + std::to_string(i));
        ASSERT_TRUE(store(*host_, keys.back())->front().replaced);
    }
    keys.emplace_back("np:{moving}:x:never");
    const auto before = life();
    const int slot = redis_slot("moving");
    const auto from = cluster_.first_owner(slot);
    const auto to = (from + 1) % 3;

    const auto check = [&] {
        const auto records = read(*host_, keys);
        ASSERT_TRUE(records.has_value()) << records.error().detail;
        for (std::size_t i = 0; i < 20; ++i) {
            ASSERT_TRUE((*records)[i].has_value()) << i;
            EXPECT_EQ((*records)[i]->value, keys[i]);
        }
        EXPECT_FALSE(records->back().has_value());
    };
    cluster_.begin_move(slot, from, to);
    check();
    cluster_.move_keys(slot, from, to, 7);
    check();
    EXPECT_FALSE(store(*host_, keys.front())->front().replaced);
    EXPECT_TRUE(store(*host_, keys.front(), "revision", "another1")->front().replaced);
    EXPECT_TRUE(store(*host_, "np:{moving}:x:new")->front().replaced);
    cluster_.move_keys(slot, from, to, 100);
    check();
    cluster_.end_move(slot, from, to);
    check();

    EXPECT_EQ(read(*host_, {keys.front()})->front()->revision, "another1");
    EXPECT_TRUE(read(*host_, {"np:{moving}:x:new"})->front().has_value());
    EXPECT_EQ(life(), before);
    EXPECT_GT(host_->metrics().asked.value(), 0U);
    EXPECT_GT(host_->metrics().moved.value(), 0U);
    EXPECT_EQ(host_->metrics().lost.value(), 0U + (host_->metrics().connected.value() - 3U));
}

/// Moves the one key `key` of a slot that is on its way.
void move_key(
    RedisClusterServers& cluster, const std::string& key, std::size_t from, std::size_t to
) {
    const auto port = std::to_string(cluster.node(to).port());
    ASSERT_EQ(cluster.node(from).ask({"MIGRATE", "127.0.0.1", port, key, "0", "10000"}), "OK");
}

TEST_F(RedisResharding, NeverTakesASubscriberThatIsOnItsWayForMissing) {
    const auto token = TokenMint{*host_}.make(0xabc, 1);
    const auto from = cluster_.first_owner(token.slot());
    const auto to = (from + 1) % 3;
    cluster_.begin_move(token.slot(), from, to);
    move_key(cluster_, store_keys::token(token.key), from, to);

    const auto between = TokenMint::claim(*host_, token, life(), Milliseconds{300});
    cluster_.move_keys(token.slot(), from, to, 100);
    const auto after = TokenMint::claim(*host_, token, life());
    cluster_.end_move(token.slot(), from, to);

    ASSERT_FALSE(between.has_value());
    EXPECT_EQ(between.error().code, ErrorCode::deadline_exceeded);
    EXPECT_EQ(after.value().outcome, ClaimOutcome::claimed);
    EXPECT_EQ(TokenMint::claim(*host_, token, life()).value().outcome, ClaimOutcome::used);
    EXPECT_GT(host_->metrics().tried_again.value(), 0U);
}

TEST_F(RedisResharding, WaitsForATokenWhoseSubscriberHasGoneAhead) {
    const auto token = TokenMint{*host_}.make(0xabc, 1);
    const auto from = cluster_.first_owner(token.slot());
    const auto to = (from + 1) % 3;
    cluster_.begin_move(token.slot(), from, to);
    const auto subscriber = store_keys::subscriber(token.subscriber);
    move_key(cluster_, std::string{store_keys::field_of(subscriber)->hash}, from, to);

    const auto between = TokenMint::claim(*host_, token, life(), Milliseconds{300});
    cluster_.move_keys(token.slot(), from, to, 100);
    const auto after = TokenMint::claim(*host_, token, life());

    ASSERT_FALSE(between.has_value());
    EXPECT_EQ(between.error().code, ErrorCode::deadline_exceeded);
    EXPECT_EQ(after.value().outcome, ClaimOutcome::claimed);
}

TEST_F(RedisResharding, RevokesTheTokenOfAReplayedCodeWhereverItIs) {
    const auto token = TokenMint{*host_}.make(0x123, 1);
    const auto from = cluster_.first_owner(token.slot());
    const auto to = (from + 1) % 3;
    cluster_.begin_move(token.slot(), from, to);
    move_key(cluster_, store_keys::code(token.code), from, to);

    const auto soon = Deadline::after(host_->clock().mono_now(), Milliseconds{300});
    const RedeemRequest redeem{.code = token.code, .incarnation = life()};
    const auto between = ask(*host_, host_->grants().redeem(redeem, soon));
    cluster_.move_keys(token.slot(), from, to, 100);
    cluster_.end_move(token.slot(), from, to);
    const auto after = ask(*host_, host_->grants().redeem(redeem, in_good_time(*host_)));

    EXPECT_FALSE(between.has_value());
    EXPECT_EQ(after.value().outcome, RedeemOutcome::replayed);
    EXPECT_EQ(TokenMint::claim(*host_, token, life()).value().outcome, ClaimOutcome::revoked);
}

TEST_F(RedisResharding, UnderLoadGivesEachTokenOnce) {
    constexpr int kShards = 24;
    constexpr int kTokens = 10;
    std::vector<StoredToken> tokens;
    TokenMint mint{*host_};
    for (int number = 1; number <= kTokens; ++number) {
        for (int shard = 0; shard < kShards; ++shard) {
            tokens.push_back(mint.make(shard * 171, number));
        }
    }
    const auto before = life();
    std::atomic<bool> over{false};
    std::atomic<int> moves{0};
    std::thread mover{[&] {
        std::map<int, std::size_t> owners;
        for (std::size_t i = 0; !over || moves < kShards; i = (i + 1) % kShards) {
            const int slot = tokens[i].slot();
            auto& owner = owners.try_emplace(slot, cluster_.first_owner(slot)).first->second;
            const auto next = (owner + 1) % 3;
            cluster_.move_slot(slot, owner, next, [] {});
            owner = next;
            ++moves;
        }
    }};
    std::vector<std::array<std::string, 2>> outcomes(tokens.size());
    std::array<int, 2> claimed{};
    race(*host_, 2, [&](StoreHost& peer, std::size_t me) {
        auto& node = dynamic_cast<RedisStoreHost&>(peer);
        const auto incarnation_there = incarnation(node).value();
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const auto reply = TokenMint::claim(node, tokens[i], incarnation_there);
            outcomes[i][me] = !reply                                    ? reply.error().detail
                              : reply->outcome == ClaimOutcome::claimed ? "claimed"
                              : reply->outcome == ClaimOutcome::used    ? "used"
                                                                        : "wrong";
            claimed[me] += outcomes[i][me] == "claimed" ? 1 : 0;
            const auto key = "np:s:" + std::to_string(me) + "-" + std::to_string(i);
            EXPECT_TRUE(store(node, key)->front().replaced);
            EXPECT_EQ(read(node, {key})->front()->value, key);
        }
    });
    over = true;
    mover.join();

    for (const auto& both : outcomes) {
        EXPECT_NE(both[0] == "claimed", both[1] == "claimed") << both[0] << " " << both[1];
        EXPECT_TRUE(both[0] == "used" || both[1] == "used") << both[0] << " " << both[1];
    }
    EXPECT_EQ(claimed[0] + claimed[1], kShards * kTokens);
    EXPECT_GE(moves.load(), kShards);
    EXPECT_EQ(life(), before);
}

}  // namespace
}  // namespace numproof
