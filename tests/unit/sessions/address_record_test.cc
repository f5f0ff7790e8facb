// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/address_record.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "daemon/sessions/overtaking.h"

namespace numproof {
namespace {

/// Rule R5 as it is written, each entry compared with every other one.
namespace plain {

bool overtakes(const AddressEntry& a, const AddressEntry& b, Milliseconds skew) {
    return a.session != b.session && a.prefix == b.prefix && a.ports.overlaps(b.ports) &&
           a.begin > b.begin + skew;
}

bool is_overtaken(const AddressRecord& record, const AddressEntry& entry, Milliseconds skew) {
    return std::ranges::any_of(record, [&](const AddressEntry& other) {
        return overtakes(other, entry, skew);
    });
}

bool is_covered_by_two(const AddressRecord& record, const AddressEntry& entry, Milliseconds skew) {
    std::set<SessionId> sessions;
    for (const auto& other : record) {
        if (overtakes(other, entry, skew) && other.ports.covers(entry.ports)) {
            sessions.insert(other.session);
        }
    }
    return sessions.size() > 1;
}

void settle(AddressRecord& record, WallTime now, Milliseconds skew) {
    AddressRecord gone;
    const auto leaves = [&](const AddressEntry& entry) {
        return (entry.forget_at && *entry.forget_at <= now) || is_overtaken(gone, entry, skew);
    };
    for (auto next = std::ranges::find_if(record, leaves); next != record.end();
         next = std::ranges::find_if(record, leaves)) {
        gone.push_back(*next);
        record.erase(next);
    }
    const auto all = record;
    std::erase_if(record, [&](const auto& entry) { return is_covered_by_two(all, entry, skew); });
}

AddressRecord holders(const AddressRecord& record, unsigned length, Milliseconds skew) {
    AddressRecord found;
    for (const auto& entry : record) {
        if (entry.prefix.length() == length && !entry.forget_at &&
            !is_overtaken(record, entry, skew)) {
            found.push_back(entry);
        }
    }
    return found;
}

std::string judge(const AddressRecord& holding, std::uint16_t port) {
    std::set<SessionId> there;
    bool shared = false;
    for (const auto& entry : holding) {
        shared = shared || !entry.ports.whole();
        if (entry.ports.contains(port)) {
            there.insert(entry.session);
        }
    }
    if ((port == 0 && shared) || there.empty()) {
        return "port_unknown";
    }
    return there.size() > 1 ? "conflict" : std::string{there.begin()->octets()};
}

std::string resolve(const AddressRecord& record, const SourceEndpoint& source, Milliseconds skew) {
    for (unsigned length = 128; length > 0; --length) {
        auto here = record;
        std::erase_if(here, [&](const auto& one) { return !one.prefix.contains(source.address); });
        const auto holding = holders(here, length, skew);
        if (!holding.empty()) {
            return judge(holding, source.port);
        }
    }
    return "nobody";
}

}  // namespace plain

SessionId session(std::uint32_t number) {
    std::string octets(SessionId::kSize, '\0');
    for (std::size_t i = 0; i < sizeof number; ++i) {
        octets[i] = static_cast<char>(number >> (8 * i));
    }
    return SessionId::parse(octets).value();
}

std::string answer(const AddressRecord& record, const SourceEndpoint& source, Milliseconds skew) {
    const auto found = resolve(record, source, skew);
    switch (found.kind) {
        case Resolution::Kind::holder:
            return std::string{found.holder->session.octets()};
        case Resolution::Kind::conflict:
            return "conflict";
        case Resolution::Kind::port_unknown:
            return "port_unknown";
        case Resolution::Kind::nobody:
            break;
    }
    return "nobody";
}

/// Records that are small, dense and full of ties.
class RandomRecords {
public:
    explicit RandomRecords(unsigned seed) : dice_(seed) {}

    unsigned below(unsigned bound) { return static_cast<unsigned>(dice_() % bound); }

    AddressRecord record() {
        AddressRecord made;
        const auto count = below(24);
        for (unsigned i = 0; i < count; ++i) {
            made.push_back(entry());
        }
        return made;
    }

private:
    PortRange ports() {
        if (below(4) == 0) {
            return {};
        }
        const auto low = below(8);
        return {
            .low = static_cast<std::uint16_t>(low),
            .high = static_cast<std::uint16_t>(low + below(8 - low))};
    }

    AddressEntry entry() {
        const unsigned length = below(3) == 0 ? 64 : 128;
        const auto address = IpAddress::parse("2001:db8::1").value();
        AddressEntry made{
            .session = session(below(5)),
            .prefix = IpPrefix::of(address, length),
            .ports = ports(),
            .begin = wall_from_ms(below(12)),
            .forget_at = std::nullopt,
            .version = 1};
        if (below(3) == 0) {
            made.forget_at = wall_from_ms(below(20));
        }
        return made;
    }

    std::mt19937 dice_;
};

TEST(AddressRecord, R5_WhatIsHeldAndForgottenIsWhatThePlainRuleSays) {
    const auto address = IpAddress::parse("2001:db8::1").value();
    std::set<std::string> seen;
    for (unsigned seed = 0; seed < 4000; ++seed) {
        RandomRecords random{seed};
        const auto record = random.record();
        const Milliseconds skew{random.below(3)};
        for (std::uint16_t port = 0; port < 10; ++port) {
            const SourceEndpoint source{.address = address, .port = port};
            const auto expected = plain::resolve(record, source, skew);
            ASSERT_EQ(answer(record, source, skew), expected) << seed << " port " << port;
            seen.insert(expected);
        }
        auto settled = record;
        auto expected = record;
        settle(settled, wall_from_ms(10), skew);
        plain::settle(expected, wall_from_ms(10), skew);
        ASSERT_EQ(settled, expected) << seed;
        seen.insert(expected.size() < record.size() ? "dropped" : "kept");
    }
    EXPECT_EQ(seen.size(), 5U + 5U) << "five holders; nobody, unknown, conflict, dropped, kept";
}

/// A public address that is dealt out in blocks of ports: each has a holder and two former ones.
AddressRecord shared_address(std::uint32_t blocks) {
    AddressRecord record;
    const auto prefix = IpPrefix::parse("203.0.113.1").value();
    const auto size = 65536U / blocks;
    for (std::uint32_t i = 0; i < blocks * 3; ++i) {
        const auto low = (i % blocks) * size;
        record.push_back(
            {.session = session(i),
             .prefix = prefix,
             .ports =
                 {.low = static_cast<std::uint16_t>(low),
                  .high = static_cast<std::uint16_t>(low + size - 1)},
             .begin = wall_from_ms(i * 1000),
             .forget_at = std::nullopt,
             .version = 1}
        );
    }
    return record;
}

TEST(AddressRecord, TheWorkForAnAddressDoesNotGrowWithTheSquareOfItsPortBlocks) {
    for (const std::uint32_t blocks : {256U, 1024U, 4096U}) {
        const auto record = shared_address(blocks);
        const auto entries = static_cast<double>(record.size());
        Overtaking all{record, Milliseconds{0}};

        const auto overtaken = all.overtaken();
        const auto covered = all.covered_by_two();
        const auto forgotten = all.forgotten(wall_from_ms(1));

        EXPECT_EQ(std::ranges::count(overtaken, true), blocks * 2);
        EXPECT_EQ(std::ranges::count(covered, true), blocks);
        EXPECT_EQ(std::ranges::count(forgotten, true), 0);
        EXPECT_GE(all.steps(), record.size());
        EXPECT_LE(static_cast<double>(all.steps()), 3 * entries * (2 + 2 * std::log2(blocks)));
    }
}

TEST(AddressRecord, OfManyPortBlocksTheHolderIsFoundAndWhoeverIsTwiceReplacedGoes) {
    constexpr std::uint32_t kBlocks = 1024;
    auto record = shared_address(kBlocks);
    const auto address = IpAddress::parse("203.0.113.1").value();

    EXPECT_EQ(
        answer(record, {.address = address, .port = 64 * 7 + 5}, Milliseconds{0}),
        session(2 * kBlocks + 7).octets()
    );
    EXPECT_EQ(answer(record, {.address = address, .port = 0}, Milliseconds{0}), "port_unknown");
    settle(record, wall_from_ms(1), Milliseconds{0});
    EXPECT_EQ(record.size(), 2 * kBlocks);
}

TEST(AddressRecord, AnEntryThatIsProjectedAgainKeepsItsPlaceAndOneThatIsNotHasEnded) {
    auto record = shared_address(4);
    const auto prefix = record.front().prefix;
    const auto first = record.front();
    const EntryScope scope{.session = first.session, .prefix = prefix, .version = 2};
    auto moved = first;
    moved.ports = {.low = 1, .high = 9};
    moved.version = 2;
    const ApplyContext context{.now = wall_from_ms(50), .tombstone_keep = Milliseconds{7}};

    merge_entries(record, scope, {moved, moved}, context);

    ASSERT_EQ(record.size(), 13U);
    EXPECT_EQ(record.front().ports, first.ports);
    EXPECT_EQ(record.front().forget_at, context.forget_at());
    EXPECT_EQ(record.front().version, 2U);
    EXPECT_EQ(record.back(), moved);
    merge_entries(record, {.session = first.session, .prefix = prefix, .version = 1}, {}, context);
    EXPECT_FALSE(record.back().forget_at) << "an older version changes nothing";
}

}  // namespace
}  // namespace numproof
