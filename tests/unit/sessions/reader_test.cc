// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/sessions/directory_reader.h"
#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

const std::string kAnna = "+34600000001";
const std::string kBert = "+34600000002";

class DirectoryReaderTest : public testing::Test {
protected:
    DirectoryReaderTest() {
        Feed feed;
        feed.bind(0, "a", kAnna).on("10.0.0.1").imsi("214010000000001");
        feed.bind(10, "b", kBert).on("10.0.0.2").reset(5, "smf-2").reset(5, "smf-1");
        feed.bind(20, "a", kAnna).on("10.0.0.1").bind(20, "b", kBert).on("10.0.0.2");
        EXPECT_TRUE(directory_.apply(feed.events()));
    }

    /// Every key of one kind.
    std::vector<std::string> keys(const std::string& part) const {
        std::vector<std::string> found;
        for (const auto& [key, record] : directory_.records.records) {
            if (key.find(part) != std::string::npos) {
                found.push_back(key);
            }
        }
        return found;
    }

    Record& record(const std::string& key) { return directory_.records.records.at(key).first; }

    Directory directory_;
};

TEST_F(DirectoryReaderTest, R11_TwoSwappedAddressRecordsAreBothUnknown) {
    const auto addresses = keys("np:a:");
    ASSERT_EQ(addresses.size(), 2U);
    std::swap(record(addresses[0]), record(addresses[1]));

    EXPECT_EQ(directory_.ask("10.0.0.1"), "integrity_failure");
    EXPECT_EQ(directory_.ask("10.0.0.2"), "integrity_failure");
    EXPECT_EQ(directory_.counters.integrity_failures.value(), 2U);
}

TEST_F(DirectoryReaderTest, R11_TwoSwappedSessionRecordsAreBothUnknown) {
    const auto sessions = keys("np:s:");
    ASSERT_EQ(sessions.size(), 2U);
    std::swap(record(sessions[0]), record(sessions[1]));

    EXPECT_EQ(directory_.ask("10.0.0.1"), "integrity_failure");
    EXPECT_EQ(directory_.ask("10.0.0.2"), "integrity_failure");
}

TEST_F(DirectoryReaderTest, R11_AValueUnderAnotherRevisionIsUnknown) {
    for (const auto& key : keys("np:a:")) {
        record(key).revision[0] = static_cast<char>(record(key).revision[0] ^ 1);
    }

    EXPECT_EQ(directory_.ask("10.0.0.1"), "integrity_failure");
}

TEST_F(DirectoryReaderTest, R11_EveryBrokenRecordIsUnknownAndANewEventHealsIt) {
    int round = 0;
    for (const auto* kind : {"np:a:", "np:s:", "np:g:", ":u:"}) {
        for (const auto& key : keys(kind)) {
            record(key).value = "broken";
        }
        EXPECT_EQ(directory_.ask("10.0.0.1"), "integrity_failure") << kind;

        directory_.clock.advance(Milliseconds{1000});
        Feed feed{static_cast<std::uint32_t>(100 + ++round)};
        feed.reset(100 + round, "smf-1").bind(200 + round, "a", kAnna).on("10.0.0.1");
        ASSERT_TRUE(directory_.apply(feed.events()));

        EXPECT_EQ(directory_.ask("10.0.0.1"), kAnna) << kind;
    }
}

TEST_F(DirectoryReaderTest, R15_NoNumberStandsInTheStoreInClear) {
    for (const auto& [key, stored] : directory_.records.records) {
        for (const auto* secret : {"34600000001", "34600000002", "214010000000001"}) {
            EXPECT_EQ(stored.first.value.find(secret), std::string::npos) << key;
            EXPECT_EQ(key.find(secret), std::string::npos);
        }
    }
}

TEST_F(DirectoryReaderTest, R10_WithoutTheMarkerNothingIsSaid) {
    directory_.records.records.erase(store_keys::generation());

    EXPECT_EQ(directory_.ask("10.0.0.1"), "error");
    EXPECT_EQ(directory_.ask("10.0.0.9"), "error");
}

TEST_F(DirectoryReaderTest, R10_NobodyIsOnlySaidOfADirectoryThatStands) {
    EXPECT_EQ(directory_.ask("10.0.0.9"), "off_network");

    for (const auto standing : {Standing::stale, Standing::rebuilding, Standing::clock_disagrees}) {
        directory_.standing.standing = standing;
        EXPECT_EQ(directory_.ask("10.0.0.9"), "error") << name_of(standing);
        EXPECT_EQ(directory_.ask("10.0.0.1"), "error") << name_of(standing);
    }
}

// Every loop names by the same vault: another one may adopt a generation within our look-up.
TEST_F(DirectoryReaderTest, R10_ADirectoryThatIsReplacedWithinALookUpIsAnErrorWhereverItHappens) {
    Feed feed{2};
    feed.bind(30, "by-imsi", "").on("10.0.0.3").imsi("214010000000003");
    feed.books(25, "214010000000003", "+34600000003");
    ASSERT_TRUE(directory_.apply(feed.events()));
    ASSERT_EQ(directory_.ask("10.0.0.3"), "+34600000003");
    for (const auto* address : {"10.0.0.1", "10.0.0.3", "10.0.0.9"}) {
        for (int reads = 0; reads < 4; ++reads) {
            Directory fresh;
            ASSERT_TRUE(fresh.apply(feed.events()));
            ASSERT_TRUE(fresh.apply(Feed{}.bind(20, "a", kAnna).on("10.0.0.1").events()));
            int left = reads;
            bool replaced = false;
            fresh.records.before_call = [&] {
                if (left-- == 0) {
                    fresh.vault.adopt("other", SecretKey{std::string(32, 'o')});
                    replaced = true;
                }
            };

            const auto answer = fresh.ask(address);

            if (replaced) {
                EXPECT_EQ(answer, "error") << address << " at read " << reads;
            } else {
                EXPECT_NE(answer, "error") << address << " at read " << reads;
            }
        }
    }
}

TEST_F(DirectoryReaderTest, AStoreThatFailsIsAnErrorAndNeverNobody) {
    directory_.records.available = false;

    const auto proof = directory_.prove("10.0.0.9");

    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(proof.error().code, ErrorCode::store_unavailable);
}

TEST_F(DirectoryReaderTest, TheLongestPrefixDecidesTheRoutingDomain) {
    EXPECT_EQ(directory_.ask("10.9.0.1"), "off_network");
    Feed feed{7};
    feed.bind(30, "c", kAnna).on("10.9.0.1");
    ASSERT_TRUE(directory_.apply(feed.events()));

    EXPECT_EQ(directory_.ask("10.9.0.1"), "off_network") << "it is bound in another domain";
}

TEST_F(DirectoryReaderTest, AProofCarriesEpochSubscriberAndSession) {
    Feed books{8};
    books.books(1, "214010000000009", kAnna).books(2, "214010000000001", kAnna);
    ASSERT_TRUE(directory_.apply(books.events()));

    const auto proof = directory_.prove("10.0.0.1");

    ASSERT_TRUE(proof.has_value());
    const auto& proven = std::get<Proven>(*proof);
    EXPECT_EQ(proven.epoch, epoch_ms(at_second(2)));
    EXPECT_EQ(proven.subscriber, directory_.vault.subscriber_id(Msisdn::parse(kAnna).value()));
    EXPECT_EQ(proven.session, directory_.vault.session_id({.source = "smf-1", .session = "a"}));
}

TEST_F(DirectoryReaderTest, AnEntryThatLagsBehindItsSessionProvesNothing) {
    directory_.records.writes_left = 1;
    Feed feed{9};
    feed.release(40, "a");
    ASSERT_FALSE(directory_.apply(feed.events()));

    EXPECT_EQ(directory_.ask("10.0.0.1"), "off_network");
}

TEST_F(DirectoryReaderTest, R6_ANetworkBehindADeviceIsFoundByItsLongestPrefix) {
    Feed feed{2};
    feed.bind(30, "route", "+34600000003").on("10.0.0.0/24").on("10.0.1.9");
    feed.bind(31, "inner", "+34600000004").on("10.0.0.128/30");
    ASSERT_TRUE(directory_.apply(feed.events()));

    EXPECT_EQ(directory_.ask("10.0.0.77"), "+34600000003");
    EXPECT_EQ(directory_.ask("10.0.0.129"), "+34600000004");
    EXPECT_EQ(directory_.ask("10.0.0.132"), "+34600000003");
    EXPECT_EQ(directory_.ask("10.0.0.1"), kAnna) << "an address of its own goes first";
    EXPECT_EQ(directory_.ask("10.0.2.77"), "off_network");

    ASSERT_TRUE(directory_.apply(Feed{3}.release(40, "route").events()));
    EXPECT_EQ(directory_.ask("10.0.0.77"), "off_network");
}

TEST_F(DirectoryReaderTest, R11_WhoWasLostWithABrokenRecordIsUnknownAndNotSomebodyElse) {
    Feed feed{2};
    feed.bind(30, "outer", "+34600000003").on("2001:db8::/60");
    feed.bind(31, "lost", "+34600000004").on("2001:db8:0:7::1/128");
    ASSERT_TRUE(directory_.apply(feed.events()));
    ASSERT_EQ(directory_.ask("2001:db8:0:7::1"), "+34600000004");
    for (const auto& key : keys("2001:db8:0:7::/64")) {
        record(key).value = "broken";
    }

    ASSERT_TRUE(
        directory_.apply(Feed{3}.bind(40, "new", "+34600000005").on("2001:db8:0:7::2/128").events())
    );

    EXPECT_EQ(directory_.ask("2001:db8:0:7::2"), "+34600000005");
    EXPECT_EQ(directory_.ask("2001:db8:0:7::1"), "interims_missing");
    EXPECT_EQ(directory_.ask("2001:db8:0:8::1"), "+34600000003");
}

TEST_F(DirectoryReaderTest, R11_TwoSwappedSubscribersAreBothUnknown) {
    const auto subscribers = keys(":u:");
    ASSERT_EQ(subscribers.size(), 2U);
    std::swap(record(subscribers[0]), record(subscribers[1]));

    EXPECT_EQ(directory_.ask("10.0.0.1"), "integrity_failure");
    EXPECT_EQ(directory_.ask("10.0.0.2"), "integrity_failure");
}

// What a session costs is a promise to operators (docs/decisions/0012): an octet more in each of
// these is an octet more for each of their subscribers.
TEST_F(DirectoryReaderTest, RecordsAreSmall) {
    const auto size = [&](const std::string& key) {
        const auto& kept = record(key);
        return kept.revision.size() + kept.value.size();
    };
    for (const auto& session : keys("np:s:")) {
        EXPECT_LE(size(session), 92U);
    }
    for (const auto& address : keys("np:a:")) {
        EXPECT_LE(size(address), 37U);
    }
    for (const auto& subscriber : keys(":u:")) {
        EXPECT_LE(size(subscriber), 28U);
    }
    for (const auto& imsi : keys("np:i:")) {
        EXPECT_LE(size(imsi), 25U);
    }
}

TEST_F(DirectoryReaderTest, ThreeRoundTripsAreEnough) {
    directory_.records.reads = 0;

    EXPECT_EQ(directory_.ask("10.0.0.1"), kAnna);

    EXPECT_EQ(directory_.records.reads, 3);
}

}  // namespace
}  // namespace numproof
