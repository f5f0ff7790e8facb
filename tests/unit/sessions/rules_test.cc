// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

const std::string kAnna = "+34600000001";
const std::string kBert = "+34600000002";
const std::string kSim = "214010000000001";
const std::string kOtherSim = "214010000000002";
const std::string kAddress = "10.0.0.1";

struct Question {
    std::string address;
    std::uint16_t port;
    std::string answer;
};

/// What is told, lane by lane, and what is then said.
struct Story {
    std::string rule;
    std::vector<Feed> lanes;
    std::vector<Question> questions;
};

std::string name_of_story(const testing::TestParamInfo<Story>& info) {
    return info.param.rule;
}

class DirectoryRule : public testing::TestWithParam<Story> {
protected:
    void expect_answers() {
        for (const auto& question : GetParam().questions) {
            EXPECT_EQ(directory_.ask(question.address, question.port), question.answer)
                << question.address << " port " << question.port;
        }
    }

    Directory directory_;
};

TEST_P(DirectoryRule, HoldsInTheOrderOfTheStory) {
    for (const auto& lane : GetParam().lanes) {
        ASSERT_TRUE(directory_.apply(lane.events()));
    }

    expect_answers();
}

TEST_P(DirectoryRule, HoldsWhenLanesAreReadInReverse) {
    const auto& lanes = GetParam().lanes;
    for (auto lane = lanes.rbegin(); lane != lanes.rend(); ++lane) {
        ASSERT_TRUE(directory_.apply(lane->events()));
    }

    expect_answers();
}

TEST_P(DirectoryRule, HoldsEventByEventAndTwice) {
    for (int round = 0; round < 2; ++round) {
        for (const auto& lane : GetParam().lanes) {
            for (const auto& event : lane.events()) {
                ASSERT_TRUE(directory_.apply({event}));
            }
        }
    }

    expect_answers();
}

INSTANTIATE_TEST_SUITE_P(
    Sessions,
    DirectoryRule,
    testing::Values(
        Story{
            "R2_AHolderIsProven",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R1_NobodyIsOffTheNetworkAndForeignAddressesAreOutside",
            {Feed{1}},
            {{kAddress, 0, "off_network"}, {"192.0.2.1", 0, "outside_domains"}}},
        Story{
            "R5_TheNewestHolderWins",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress), Feed{2}.bind(10, "b", kBert).on(kAddress)},
            {{kAddress, 0, kBert}}},
        Story{
            "R5_WhoWasOvertakenDoesNotComeBackWhenTheOtherLeaves",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress),
             Feed{2}.bind(10, "b", kBert).on(kAddress).release(20, "b")},
            {{kAddress, 0, "off_network"}}},
        Story{
            "R5_ALateReleaseOfTheOldHolderDoesNotTouchTheNewOne",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress).release(30, "a"),
             Feed{2}.bind(10, "b", kBert).on(kAddress)},
            {{kAddress, 0, kBert}}},
        Story{
            "R5_ALateStartDoesNotResurrectAReleasedSession",
            {Feed{1}.release(20, "a"), Feed{2}.bind(10, "a", kAnna).on(kAddress)},
            {{kAddress, 0, "off_network"}}},
        Story{
            "R5_ASessionMayBeginAnewAfterItsRelease",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on(kAddress)
                 .release(5, "a")
                 .bind(6, "a", kBert)
                 .on(kAddress)},
            {{kAddress, 0, kBert}}},
        Story{
            "R5_WithinOneLaneTheOffsetOrdersEvenAgainstTheClock",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).release(5, "a")},
            {{kAddress, 0, "off_network"}}},
        Story{
            "R5_TwoHoldersThatBeginTogetherConflict",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress), Feed{2}.bind(12, "b", kBert).on(kAddress)},
            {{kAddress, 0, "conflict"}}},
        Story{
            "R5_ATieIsAConflict",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress), Feed{2}.bind(10, "b", kBert).on(kAddress)},
            {{kAddress, 0, "conflict"}}},
        Story{
            "R5_AConflictEndsWhenOneEnds",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).release(40, "a"),
             Feed{2}.bind(11, "b", kBert).on(kAddress)},
            {{kAddress, 0, kBert}}},
        Story{
            "R5_AConflictEndsWhenOneBeginsAnew",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).bind(40, "a", kAnna).on(kAddress),
             Feed{2}.bind(11, "b", kBert).on(kAddress)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R5_ABindReleasesWhatItDoesNotName",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress).bind(5, "a", kAnna).on("10.0.0.2")},
            {{kAddress, 0, "off_network"}, {"10.0.0.2", 0, kAnna}}},
        Story{
            "R5_ARebindAddsAndRemovesAndLeavesTheRest",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on(kAddress)
                 .on("10.0.0.2")
                 .rebind(5, "a")
                 .on("10.0.0.3")
                 .without("10.0.0.2")},
            {{kAddress, 0, kAnna}, {"10.0.0.2", 0, "off_network"}, {"10.0.0.3", 0, kAnna}}},
        Story{
            "R5_ALateBindDoesNotUndoARemoval",
            {Feed{1}.rebind(5, "a").on("10.0.0.3").without(kAddress),
             Feed{2}.bind(0, "a", kAnna).on(kAddress)},
            {{kAddress, 0, "off_network"}, {"10.0.0.3", 0, kAnna}}},
        Story{
            "R6_PortBlocksAreToldApart",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on(kAddress, {20000, 29999})
                 .bind(1, "b", kBert)
                 .on(kAddress, {30000, 39999})},
            {{kAddress, 20000, kAnna},
             {kAddress, 39999, kBert},
             {kAddress, 40000, "port_unknown"},
             {kAddress, 0, "port_unknown"}}},
        Story{
            "R6_TheLongestStoredPrefixHolds",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on("2001:db8:1::/48")
                 .bind(1, "b", kBert)
                 .on("2001:db8:1:2:3::/80")},
            {{"2001:db8:1:2:3::9", 0, kBert}, {"2001:db8:1:2:4::9", 0, kAnna}}},
        Story{
            "R6_AReleasedLongerPrefixUncoversTheShorterOne",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on("2001:db8:1::/48")
                 .bind(1, "b", kBert)
                 .on("2001:db8:1:2::/64")
                 .release(2, "b")},
            {{"2001:db8:1:2::9", 0, kAnna}}},
        Story{
            "R7_AGatewayRestartEndsWhatBeganBefore",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress), Feed{2}.reset(5)},
            {{kAddress, 0, "gateway_restarted"}}},
        Story{
            "R7_TheSameInstantInAnotherLaneIsDead",
            {Feed{1}.bind(5, "a", kAnna).on(kAddress), Feed{2}.reset(5)},
            {{kAddress, 0, "gateway_restarted"}}},
        Story{
            "R7_TheSameInstantLaterInItsLaneLives",
            {Feed{1}.reset(5).bind(5, "a", kAnna).on(kAddress)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R7_AnotherGatewaysRestartDoesNotMatter",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress).reset(5, "smf-2")},
            {{kAddress, 0, kAnna}}},
        Story{
            "R9_ASilentSessionIsUnknown",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress).every(std::chrono::seconds{60})},
            {{kAddress, 0, "interims_missing"}}},
        Story{
            "R9_ARefreshKeepsASessionKnown",
            {Feed{1}
                 .bind(0, "a", kAnna)
                 .on(kAddress)
                 .every(std::chrono::seconds{60})
                 .refresh(500, "a")},
            {{kAddress, 0, kAnna}}},
        Story{
            "R3_WifiProvesNothing",
            {Feed{1}.bind(0, "a", kAnna).on(kAddress).over(Access::non_three_gpp)},
            {{kAddress, 0, "non_3gpp_access"}}}
    ),
    name_of_story
);

INSTANTIATE_TEST_SUITE_P(
    Subscribers,
    DirectoryRule,
    testing::Values(
        Story{
            "R3_ASimSwapOutdatesTheBinding",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress),
             Feed{2}.books(0, kSim, kAnna).books(20, kOtherSim, kAnna)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_ASwapThatTheBooksTellFirstOutdatesTheBinding",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).imsi(kSim),
             Feed{2}.books(20, kOtherSim, kAnna)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_TheBooksFirstWordOnTheSimOfASessionChangesNothing",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).imsi(kSim), Feed{2}.books(20, kSim, kAnna)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R3_ANewBindProvesAgainAfterTheSwap",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).bind(30, "a", kAnna).on(kAddress),
             Feed{2}.books(0, kSim, kAnna).books(20, kOtherSim, kAnna)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R3_ARebindIsNotANewBind",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).rebind(30, "a").on("10.0.0.2"),
             Feed{2}.books(0, kSim, kAnna).books(20, kOtherSim, kAnna)},
            {{"10.0.0.2", 0, "binding_outdated"}}},
        Story{
            "R3_ALateOlderRecordThatRevealsASwapCounts",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress),
             Feed{2}.books(20, kOtherSim, kAnna),
             Feed{3}.books(0, kSim, kAnna)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_TheSameRecordAgainChangesNothing",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress),
             Feed{2}.books(0, kSim, kAnna).books(20, kSim, kAnna)},
            {{kAddress, 0, kAnna}}},
        Story{
            "R3_ASuspendedSubscriberIsNotSignedIn",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress),
             Feed{2}.books(5, kSim, kAnna, SubscriberState::suspended)},
            {{kAddress, 0, "subscriber_inactive"}}},
        Story{
            "R3_ReactivationNeedsANewBind",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).bind(40, "b", kAnna).on("10.0.0.2"),
             Feed{2}
                 .books(20, kSim, kAnna, SubscriberState::suspended)
                 .books(30, kSim, kAnna, SubscriberState::active)},
            {{kAddress, 0, "binding_outdated"}, {"10.0.0.2", 0, kAnna}}},
        Story{
            "R3_ANumberChangeOutdatesTheOldNumber",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress),
             Feed{2}.books(0, kSim, kAnna).books(20, kSim, kBert)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_ANumberThatWasOnlySeenOnABindIsOutdatedToo",
            {Feed{1}.bind(10, "a", kAnna).on(kAddress).imsi(kSim), Feed{2}.books(20, kSim, kBert)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_AnImsiProvesTheNumberOfItsNewestRecord",
            {Feed{1}.bind(30, "a", "").on(kAddress).imsi(kSim),
             Feed{2}.books(0, kSim, kAnna).books(20, kSim, kBert)},
            {{kAddress, 0, kBert}}},
        Story{
            "R3_AnImsiSessionFromBeforeTheNumberChangeProvesNothing",
            {Feed{1}.bind(10, "a", "").on(kAddress).imsi(kSim),
             Feed{2}.books(0, kSim, kAnna).books(20, kSim, kBert)},
            {{kAddress, 0, "binding_outdated"}}},
        Story{
            "R3_AnImsiWhoseNumberWentToAnotherSimProvesNothing",
            {Feed{1}.bind(30, "a", "").on(kAddress).imsi(kSim),
             Feed{2}.books(0, kSim, kAnna).books(20, kOtherSim, kAnna)},
            {{kAddress, 0, "number_unknown"}}},
        Story{
            "R3_AnImsiWithoutARecordProvesNothing",
            {Feed{1}.bind(30, "a", "").on(kAddress).imsi(kSim)},
            {{kAddress, 0, "number_unknown"}}},
        Story{
            "R1_ASessionWithoutNumberAndImsiProvesNothing",
            {Feed{1}.bind(30, "a", "").on(kAddress)},
            {{kAddress, 0, "number_unknown"}}}
    ),
    name_of_story
);

}  // namespace
}  // namespace numproof
