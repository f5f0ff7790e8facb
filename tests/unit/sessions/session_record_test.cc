// SPDX-License-Identifier: Apache-2.0
// A session's record by itself, where the time of writing matters.
#include "daemon/sessions/session_record.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

constexpr std::chrono::seconds kWhileRebuilding = std::chrono::hours{24};
constexpr std::chrono::seconds kUsually = std::chrono::minutes{25};

WallTime at_second(std::int64_t second) {
    return wall_from_ms(second * 1000);
}

/// A session that is told of in the order of one partition.
class SessionRecordTest : public testing::Test {
protected:
    void bind(SessionBind::Extent extent, std::int64_t second, const std::string& address) {
        SessionBind event;
        event.time = at_second(second);
        event.extent = extent;
        event.held = {
            {.domain = "internet", .prefix = IpPrefix::parse(address).value(), .ports = {}}};
        (void)fold_bind(record_, event, next(second), context(second));
    }

    void refresh(std::int64_t second) {
        (void)fold_refresh(record_, next(second), context(second));
    }

    std::string held() const {
        std::string all;
        for (const auto& holding : record_.held) {
            all += holding.forget_at ? "" : holding.at.prefix.to_text() + " ";
        }
        return all;
    }

    SessionRecord record_;
    std::chrono::seconds keep_ = kUsually;

private:
    EventPosition next(std::int64_t second) {
        return {.time = at_second(second), .lane = 1, .offset = ++offset_};
    }

    ApplyContext context(std::int64_t second) const {
        return {.now = at_second(second), .tombstone_keep = keep_};
    }

    std::int64_t offset_ = 0;
};

using Extent = SessionBind::Extent;

// The new address is told of again once the directory is usable: what says that the old one is
// gone must not be forgotten before the old one itself.
TEST_F(SessionRecordTest, R5_AnAddressGivenUpDuringARebuildDoesNotComeBack) {
    keep_ = kWhileRebuilding;
    bind(Extent::whole, 1000, "10.0.0.1");
    bind(Extent::statement, 1010, "10.0.0.2");
    EXPECT_EQ(held(), "10.0.0.2/32 ");
    keep_ = kUsually;
    bind(Extent::statement, 1100, "10.0.0.2");
    for (std::int64_t second = 2700; second < 100000; second += 600) {
        refresh(second);
        EXPECT_EQ(held(), "10.0.0.2/32 ") << second;
    }
    EXPECT_EQ(record_.held.size(), 1U) << "the old one is forgotten in the end";
}

TEST_F(SessionRecordTest, R5_AnAddressOfManyThatWereGivenUpDoesNotComeBack) {
    bind(Extent::whole, 1000, "10.0.0.1");
    bind(Extent::statement, 1010, "10.0.1.0");
    for (int i = 1; i < 200; ++i) {
        bind(Extent::statement, 1010 + i, "10.0.1." + std::to_string(i));
        EXPECT_EQ(held(), "10.0.1." + std::to_string(i) + "/32 ");
    }
}

TEST_F(SessionRecordTest, AnAddressThatIsGivenAnewIsHeld) {
    bind(Extent::whole, 1000, "10.0.0.1");
    bind(Extent::statement, 1010, "10.0.0.2");
    bind(Extent::statement, 1020, "10.0.0.1");
    EXPECT_EQ(held(), "10.0.0.1/32 ");
    bind(Extent::whole, 1030, "10.0.0.2");
    EXPECT_EQ(held(), "10.0.0.2/32 ");
}

}  // namespace
}  // namespace numproof
