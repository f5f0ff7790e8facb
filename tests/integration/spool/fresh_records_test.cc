// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/fresh_records.h"

#include <string>

#include <gtest/gtest.h>

namespace numproof {
namespace {

constexpr FreshRecords::Bound kAll{.records = 1000, .bytes = 1U << 20U};

/// A write of records named by the letters of `names`, each 100 octets on disk.
std::vector<segment::PlacedRecord> write_of(const std::string& names) {
    std::vector<segment::PlacedRecord> records;
    for (const char name : names) {
        records.push_back(
            {.record = {.key = std::string(1, name), .headers = {}, .value = "v"},
             .end = (records.size() + 1) * 100}
        );
    }
    return records;
}

std::string names_of(const std::vector<segment::PlacedRecord>& records) {
    std::string names;
    for (const auto& placed : records) {
        names += placed.record.key;
    }
    return names;
}

TEST(FreshRecords, GoesOnOverWritesThatFollowEachOther) {
    FreshRecords fresh{10'000};
    fresh.put({.number = 1, .offset = 50}, write_of("ab"));
    fresh.put({.number = 1, .offset = 250}, write_of("c"));
    fresh.put({.number = 1, .offset = 351}, write_of("d"));

    const auto taken = fresh.take({.number = 1, .offset = 50}, kAll);

    EXPECT_EQ(names_of(taken), "abc") << "d does not follow";
    EXPECT_EQ(taken.back().end, 300U) << "counted from the place that was asked for";
    EXPECT_EQ(fresh.front(), (SpoolPlace{.number = 1, .offset = 351}));
    EXPECT_EQ(names_of(fresh.take({.number = 1, .offset = 351}, kAll)), "d");
    EXPECT_EQ(fresh.front(), std::nullopt);
}

TEST(FreshRecords, GivesNothingForAnyOtherPlace) {
    FreshRecords fresh{10'000};
    fresh.put({.number = 2, .offset = 50}, write_of("ab"));

    EXPECT_TRUE(fresh.take({.number = 1, .offset = 50}, kAll).empty());
    EXPECT_TRUE(fresh.take({.number = 2, .offset = 49}, kAll).empty());
    EXPECT_EQ(fresh.front(), (SpoolPlace{.number = 2, .offset = 50})) << "it may come to that";
    EXPECT_TRUE(fresh.take({.number = 2, .offset = 51}, kAll).empty());
    EXPECT_EQ(fresh.front(), std::nullopt) << "nobody will ask for it";
}

TEST(FreshRecords, KeepsItsBounds) {
    FreshRecords fresh{10'000};
    fresh.put({.number = 1, .offset = 0}, write_of("abcdef"));

    EXPECT_EQ(
        names_of(fresh.take({.number = 1, .offset = 0}, {.records = 2, .bytes = 9000})), "ab"
    );
    EXPECT_EQ(
        names_of(fresh.take({.number = 1, .offset = 200}, {.records = 9, .bytes = 299})), "cd"
    );
    EXPECT_EQ(names_of(fresh.take({.number = 1, .offset = 400}, {.records = 9, .bytes = 99})), "");
    EXPECT_EQ(
        names_of(fresh.take({.number = 1, .offset = 400}, {.records = 9, .bytes = 100})), "e"
    );
    const auto rest = fresh.take({.number = 1, .offset = 500}, kAll);
    EXPECT_EQ(names_of(rest), "f");
    EXPECT_EQ(rest.back().end, 100U);
}

TEST(FreshRecords, LetsTheOldestGo) {
    FreshRecords fresh{500};
    fresh.put({.number = 1, .offset = 0}, write_of("abc"));
    fresh.put({.number = 1, .offset = 300}, write_of("de"));
    EXPECT_EQ(names_of(fresh.take({.number = 1, .offset = 0}, {.records = 1, .bytes = 100})), "a");
    fresh.put({.number = 1, .offset = 500}, write_of("f"));
    EXPECT_EQ(fresh.front(), (SpoolPlace{.number = 1, .offset = 100})) << "500 octets";

    fresh.put({.number = 2, .offset = 0}, write_of("g"));

    EXPECT_EQ(fresh.front(), (SpoolPlace{.number = 1, .offset = 300}));
    fresh.put({.number = 3, .offset = 0}, write_of("123456"));
    EXPECT_EQ(fresh.front(), std::nullopt) << "more than it may keep";
}

}  // namespace
}  // namespace numproof
