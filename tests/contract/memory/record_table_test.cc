// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/record_table.h"

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace numproof {
namespace {

constexpr SipKey kSecret{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
constexpr MonoTime kStart{};

MonoTime at(std::int64_t ms) {
    return kStart + Milliseconds{ms};
}

Record record(std::string_view value) {
    return {.revision = Bytes{"rev-0001"}, .value = Bytes{value}};
}

// The vectors of the paper's appendix A and of its reference implementation.
TEST(SipHash, GivesThePublishedValues) {
    std::string data;
    EXPECT_EQ(sip_hash(kSecret, data), 0x726fdb47dd0e0e31ULL);
    data.push_back(0);
    EXPECT_EQ(sip_hash(kSecret, data), 0x74f839c593dc67fdULL);
    for (char octet = 1; octet < 15; ++octet) {
        data.push_back(octet);
    }
    EXPECT_EQ(sip_hash(kSecret, data), 0xa129ca6149be45e5ULL);
}

TEST(RecordTable, FindsWhatWasPut) {
    RecordTable table{kSecret, kStart};
    table.put("np:s:one", record("first"), at(100), at(0));

    const auto found = table.find("np:s:one", at(99));

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->to_record(), record("first"));
    EXPECT_FALSE(table.find("np:s:one", at(100)).has_value());
    EXPECT_FALSE(table.find("np:s:two", at(0)).has_value());
}

TEST(RecordTable, LetsTheDeadGoAsOthersCome) {
    RecordTable table{kSecret, kStart};
    for (int i = 0; i < 1000; ++i) {
        table.put("short-" + std::to_string(i), record("value"), at(10), at(0));
    }
    EXPECT_EQ(table.size(), 1000U);

    for (int i = 0; i < (1 << 16); ++i) {
        table.put("the same", record("value"), at(1'000'000), at(10));
    }

    EXPECT_EQ(table.size(), 1U);
}

/// What the table is compared with.
struct Plain {
    Record record;
    std::int64_t expires = 0;
};

TEST(RecordTable, IsLikeAPlainMap) {
    RecordTable table{kSecret, kStart};
    std::map<std::string, Plain> plain;
    std::mt19937_64 dice{7};
    std::int64_t now = 0;
    for (int step = 0; step < 200'000; ++step) {
        now += static_cast<std::int64_t>(dice() % 3);
        const auto key = "np:s:" + std::to_string(dice() % 3000);
        if (dice() % 2 == 0) {
            const Plain one{
                .record = record(std::string(dice() % 300, 'x')),
                .expires = now + 1 + static_cast<std::int64_t>(dice() % 5000)};
            table.put(key, one.record, at(one.expires), at(now));
            plain[key] = one;
        }
        const auto known = plain.find(key);
        const bool lives = known != plain.end() && known->second.expires > now;
        const auto found = table.find(key, at(now));
        ASSERT_EQ(found.has_value(), lives) << step;
        if (lives) {
            ASSERT_EQ(found->to_record(), known->second.record) << step;
        }
    }
    EXPECT_LE(table.size(), 3000U);
}

}  // namespace
}  // namespace numproof
