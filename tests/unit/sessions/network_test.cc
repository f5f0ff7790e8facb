// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/sessions/directory_fixture.h"
#include "tests/unit/sessions/reference_model.h"

namespace numproof {
namespace {

constexpr std::size_t kLanes = 3;
constexpr int kEvents = 60;
constexpr std::uint32_t kSeeds = 40;
constexpr std::array<const char*, 5> kPrefixes{
    "10.0.0.1", "10.0.0.2", "2001:db8:1::/48", "2001:db8:1:2::/64", "2001:db8:1:2:3::/80"};
constexpr std::array<const char*, 5> kQuestions{
    "10.0.0.1", "10.0.0.2", "2001:db8:1:9::1", "2001:db8:1:2:9::1", "2001:db8:1:2:3::1"};
constexpr std::array<PortRange, 4> kBlocks{
    PortRange{},
    PortRange{.low = 1000, .high = 1999},
    PortRange{.low = 2000, .high = 2999},
    PortRange{.low = 1500, .high = 2499}};
constexpr std::array<std::uint16_t, 5> kPorts{0, 1200, 1700, 2300, 5000};

using Lanes = std::array<std::vector<PlacedEvent>, kLanes>;

/// A made-up network: a few sessions, addresses and numbers, so that they collide all the time.
class Network {
public:
    explicit Network(std::uint32_t seed) : random_(seed) {}

    Lanes make() {
        Lanes lanes;
        for (int i = 0; i < kEvents; ++i) {
            now_ += Milliseconds{1 + pick(4) * pick(4) * 500};
            const auto lane = pick(kLanes);
            const EventPosition at{
                .time = now_,
                .lane = static_cast<std::uint32_t>(lane + 1),
                .offset = static_cast<std::int64_t>(lanes.at(lane).size())};
            lanes.at(lane).push_back({.event = make_event(), .at = at});
        }
        return lanes;
    }

    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_);
    }

    /// One possible order of arrival: each lane's own order is kept.
    std::vector<PlacedEvent> shuffle(const Lanes& lanes) {
        std::array<std::size_t, kLanes> next{};
        std::vector<PlacedEvent> arrived;
        while (arrived.size() < kEvents) {
            const auto lane = pick(kLanes);
            const auto run = 1 + pick(8);
            for (std::size_t i = 0; i < run && next.at(lane) < lanes.at(lane).size(); ++i) {
                arrived.push_back(lanes.at(lane)[next.at(lane)++]);
            }
        }
        return arrived;
    }

private:
    SessionEvent make_event() {
        switch (pick(12)) {
            case 0:
            case 1:
                return SessionRelease{.time = now_, .name = name(), .held = {}};
            case 2:
                return SessionRefresh{.time = now_, .name = name()};
            case 3:
                return pick(4) == 0 ? SessionEvent{GatewayReset{.time = now_, .source = "smf-1"}}
                                    : SessionEvent{Heartbeat{.time = now_, .source = "smf-1"}};
            case 4:
            case 5:
                return make_change();
            case 6:
            case 7:
                return make_bind(SessionBind::Extent::change);
            default:
                return make_bind(SessionBind::Extent::whole);
        }
    }

    SessionEvent make_change() {
        constexpr std::array kStates{
            SubscriberState::active,
            SubscriberState::active,
            SubscriberState::active,
            SubscriberState::suspended};
        return SubscriberChange{
            .time = now_,
            .imsi = imsi(),
            .msisdn = msisdn(),
            .state = kStates.at(pick(kStates.size())),
            .sim_changed = pick(6) == 0};
    }

    SessionEvent make_bind(SessionBind::Extent extent) {
        SessionBind bind;
        bind.time = now_;
        bind.extent = extent;
        bind.name = name();
        if (pick(4) != 0) {
            bind.msisdn = msisdn();
        }
        if (pick(3) != 0) {
            bind.imsi = imsi();
        }
        bind.access = pick(8) == 0 ? Access::non_three_gpp : Access::three_gpp;
        if (pick(4) == 0) {
            bind.interim_interval = std::chrono::seconds{150};
        }
        for (std::size_t i = 0; i < 1 + pick(2); ++i) {
            bind.held.push_back(address());
        }
        if (extent == SessionBind::Extent::change && pick(2) == 0) {
            bind.removed.push_back(address());
        }
        return bind;
    }

    SessionName name() {
        return {.source = "smf-1", .session = std::string(1, static_cast<char>('a' + pick(5)))};
    }

    Msisdn msisdn() { return Msisdn::parse("+3460000000" + std::to_string(pick(3))).value(); }

    Imsi imsi() { return Imsi::parse("21401000000000" + std::to_string(pick(3))).value(); }

    HeldAddress address() {
        const auto prefix = IpPrefix::parse(kPrefixes.at(pick(kPrefixes.size()))).value();
        const bool v4 = prefix.address().family() == IpAddress::Family::v4;
        return {
            .domain = "internet",
            .prefix = prefix,
            .ports = v4 ? kBlocks.at(pick(kBlocks.size())) : PortRange{}};
    }

    std::mt19937 random_;
    WallTime now_ = at_second(0);
};

std::vector<std::string> ask_all(Directory& directory) {
    std::vector<std::string> answers;
    for (const auto* address : kQuestions) {
        for (const auto port : kPorts) {
            answers.push_back(directory.ask(address, port));
        }
    }
    return answers;
}

std::vector<std::string> ask_all(const ReferenceModel& model, WallTime now) {
    std::vector<std::string> answers;
    for (const auto* address : kQuestions) {
        for (const auto port : kPorts) {
            answers.push_back(model.ask(IpAddress::parse(address).value(), port, now));
        }
    }
    return answers;
}

class NetworkTest : public testing::TestWithParam<std::uint32_t> {
protected:
    /// What must be answered once everything has arrived.
    std::vector<std::string> expected(const Lanes& lanes, const Directory& directory) {
        ReferenceModel model{directory.rules};
        for (const auto& lane : lanes) {
            std::ranges::for_each(lane, [&](const auto& event) { model.tell(event); });
        }
        return ask_all(model, directory.clock.wall_now());
    }

    Network network_{GetParam()};
};

TEST_P(NetworkTest, AnswersLikeTheModelAfterEveryEvent) {
    Directory directory;
    ReferenceModel model{directory.rules};
    for (const auto& event : network_.shuffle(network_.make())) {
        ASSERT_TRUE(directory.apply({event}));
        model.tell(event);

        ASSERT_EQ(ask_all(directory), ask_all(model, directory.clock.wall_now()));
    }
}

TEST_P(NetworkTest, TheOrderBetweenPartitionsAndBatchesDoesNotMatter) {
    const auto lanes = network_.make();
    for (int order = 0; order < 3; ++order) {
        Directory directory;
        auto arrived = network_.shuffle(lanes);
        while (!arrived.empty()) {
            const auto size = std::min(arrived.size(), 1 + network_.pick(20));
            const auto end = arrived.begin() + static_cast<std::ptrdiff_t>(size);
            ASSERT_TRUE(directory.apply({arrived.begin(), end}));
            arrived.erase(arrived.begin(), end);
        }

        ASSERT_EQ(ask_all(directory), expected(lanes, directory));
    }
}

TEST_P(NetworkTest, ReadingEverythingAgainChangesNothing) {
    const auto lanes = network_.make();
    Directory directory;
    ASSERT_TRUE(directory.apply(network_.shuffle(lanes)));
    const auto before = ask_all(directory);

    for (int round = 0; round < 2; ++round) {
        directory.clock.advance(Milliseconds{1});
        for (const auto& event : network_.shuffle(lanes)) {
            ASSERT_TRUE(directory.apply({event}));
        }
    }

    EXPECT_EQ(ask_all(directory), before);
}

TEST_P(NetworkTest, ACrashAfterAnyWriteIsHealedByReadingAgain) {
    const auto lanes = network_.make();
    const auto arrived = network_.shuffle(lanes);
    for (int budget = 1; budget < 40; budget += 3) {
        Directory directory;
        const auto half = arrived.begin() + kEvents / 2;
        ASSERT_TRUE(directory.apply({arrived.begin(), half}));
        directory.records.writes_left = budget;
        (void)directory.apply({half, arrived.end()});
        directory.records.writes_left = -1;

        ASSERT_TRUE(directory.apply({half, arrived.end()}));

        ASSERT_EQ(ask_all(directory), expected(lanes, directory)) << "after " << budget;
    }
}

TEST_P(NetworkTest, TwoWritersThatRaceAtEveryCallConverge) {
    const auto lanes = network_.make();
    Directory directory;
    std::array<std::size_t, kLanes> next{};
    bool inside = false;
    // Whenever the first writer calls the store, a second one brings in a piece of another lane.
    directory.records.before_call = [&] {
        const auto lane = 1 + network_.pick(kLanes - 1);
        auto& at = next.at(lane);
        if (inside || at >= lanes.at(lane).size()) {
            return;
        }
        inside = true;
        const auto end = std::min(lanes.at(lane).size(), at + 1 + network_.pick(4));
        const auto begin = lanes.at(lane).begin();
        ASSERT_TRUE(directory.apply(
            {begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end)}
        ));
        at = end;
        inside = false;
    };
    for (const auto& event : lanes.front()) {
        ASSERT_TRUE(directory.apply({event}));
    }
    directory.records.before_call = nullptr;
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
        const auto rest = lanes.at(lane).begin() + static_cast<std::ptrdiff_t>(next.at(lane));
        ASSERT_TRUE(directory.apply({rest, lanes.at(lane).end()}));
    }

    EXPECT_EQ(ask_all(directory), expected(lanes, directory));
}

TEST_P(NetworkTest, ForgettingTombstonesNeverNamesAnybodyElse) {
    Directory directory;
    directory.rules.lateness_max = std::chrono::minutes{10};
    ReferenceModel model{directory.rules};
    for (const auto& event : network_.shuffle(network_.make())) {
        ASSERT_TRUE(directory.apply({event}));
        model.tell(event);
    }
    const auto before = ask_all(directory);

    directory.clock.advance(std::chrono::minutes{11});
    Feed passer_by{9};
    for (const auto* prefix : kPrefixes) {
        passer_by.bind(-10, "z", "").on(prefix).release(-9, "z");
    }
    ASSERT_TRUE(directory.apply(passer_by.events()));

    const auto after = ask_all(directory);
    const auto model_says = ask_all(model, directory.clock.wall_now());
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_TRUE(!after[i].starts_with('+') || after[i] == model_says[i])
            << before[i] << " became " << after[i];
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, NetworkTest, testing::Range(1U, kSeeds + 1));

}  // namespace
}  // namespace numproof
