// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "daemon/domain/pseudonym.h"
#include "daemon/domain/store_keys.h"
#include "daemon/domain/subscriber_head.h"

namespace numproof {
namespace {

SubscriberId sample_subscriber() {
    return SubscriberId::parse("\xab\xc1\x23xxxxxxxxxxxxx").value();
}

TEST(Shard, IsTheFirstTwelveBitsOfTheSubscriber) {
    EXPECT_EQ(Shard::of(sample_subscriber()).to_text(), "abc");
    EXPECT_TRUE(Shard::parse("0f9").has_value());
    EXPECT_FALSE(Shard::parse("0F9").has_value());
    EXPECT_FALSE(Shard::parse("0f").has_value());
}

TEST(StoreKeys, KeepTheirPromisedForm) {
    EXPECT_EQ(
        store_keys::subscriber(sample_subscriber()),
        std::string{"np:{abc}:u:"} + store_keys::part_of(sample_subscriber()) +
            sample_subscriber().to_text().substr(16, 4) + "#" +
            sample_subscriber().to_text().substr(2, 14)
    );
    EXPECT_EQ(
        store_keys::address("internet", IpPrefix::parse("10.45.0.7").value()),
        "np:a:internet:10.45.0.0-127#7"
    );
    EXPECT_EQ(
        store_keys::address("internet", IpPrefix::parse("10.45.0.200").value()),
        "np:a:internet:10.45.0.128-255#200"
    );
    EXPECT_EQ(
        store_keys::address("internet", IpPrefix::parse("10.45.0.128/25").value()),
        "np:a:internet:10.45.0.128/25"
    );
    EXPECT_EQ(
        store_keys::address("internet", IpPrefix::parse("2001:db8::/64").value()),
        "np:a:internet:2001:db8::/64"
    );
    EXPECT_EQ(
        store_keys::watermark({.topic = "numproof.sessions", .partition = 3}),
        "np:w:numproof.sessions:3"
    );
}

TEST(StoreKeys, TellFieldsFromKeys) {
    const auto imsi = ImsiId::parse(
                          "\xAB\xCF"
                          "0123456789"
    )
                          .value();
    const auto key = store_keys::imsi("MARK", imsi);

    const auto field = store_keys::field_of(key);

    ASSERT_TRUE(field.has_value());
    EXPECT_EQ(field->hash, "np:i:MARK:abc8");
    EXPECT_EQ(field->name, imsi.to_text().substr(2));
    EXPECT_FALSE(store_keys::field_of(store_keys::generation()).has_value());
}

// The hash of a number is found by its first 13 bits, whatever the rest of it is.
TEST(StoreKeys, SpreadSubscribersEvenly) {
    std::set<std::string> hashes;
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            Digest digest{};
            digest[0] = static_cast<std::uint8_t>(first);
            digest[1] = static_cast<std::uint8_t>(second);
            const auto key = store_keys::subscriber(SubscriberId::of(digest));
            hashes.insert(std::string{store_keys::field_of(key)->hash});
        }
    }
    EXPECT_EQ(hashes.size(), 1U << 13U);
}

TEST(SubscriberHead, ReadsWhatItWrites) {
    const SubscriberHead head{.state = SubscriberState::suspended, .epoch = 1795341600000};
    const std::string stored = to_stored(head) + "rest";
    std::string_view left = stored;

    EXPECT_EQ(take_subscriber_head(left).value(), head);
    EXPECT_EQ(left, "rest");
}

TEST(SubscriberHead, RefusesBrokenForms) {
    for (const std::string_view text : {"", "a", "a ", "a  ", "x 1 ", "a 1", "a -1 ", "a 1x "}) {
        std::string_view left = text;
        EXPECT_FALSE(take_subscriber_head(left).has_value()) << text;
    }
}

}  // namespace
}  // namespace numproof
