// SPDX-License-Identifier: Apache-2.0
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
    EXPECT_TRUE(store_keys::subscriber(sample_subscriber()).starts_with("np:{abc}:u:"));
    EXPECT_EQ(
        store_keys::address("internet", IpPrefix::parse("10.45.0.7").value()),
        "np:a:internet:10.45.0.7"
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
