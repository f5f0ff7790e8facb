// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/inherited_sockets.h"

#include <set>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace numproof {
namespace {

ListenAddress address(std::string_view text) {
    return read_listen_address(text).value();
}

/// The socket behind a descriptor, whatever its number.
ino_t socket_of(const ListeningSocket& socket) {
    struct stat status {};

    EXPECT_EQ(fstat(socket.fd(), &status), 0);
    return status.st_ino;
}

struct Case {
    std::string_view what;
    std::size_t sockets, workers;
    std::vector<std::size_t> shares;  ///< How many each worker gets.
};

const std::vector<Case> kCases{
    {"one for all", 1, 3, {1, 1, 1}},
    {"one each", 3, 3, {1, 1, 1}},
    {"more than workers", 5, 2, {3, 2}},
    {"fewer than workers", 2, 5, {1, 1, 1, 1, 1}},
    {"one worker", 3, 1, {3}},
    {"one and one", 1, 1, {1}},
};

class InheritedSocketsTest : public testing::TestWithParam<Case> {};

TEST_P(InheritedSocketsTest, LeavesNoSocketAndNoWorkerWithoutTheOther) {
    const auto& [what, sockets, workers, shares] = GetParam();
    auto made = listen_on(address("127.0.0.1:0"), sockets).value();
    std::set<ino_t> given;
    for (const auto& socket : made) {
        given.insert(socket_of(socket));
    }
    const ListenAddress where = made.front().address();
    InheritedSockets inherited{std::move(made)};

    const auto taken = inherited.take(where, workers).value();

    std::set<ino_t> served;
    std::vector<std::size_t> got;
    for (const auto& own : taken) {
        got.push_back(own.size());
        for (const auto& socket : own) {
            served.insert(socket_of(socket));
        }
    }
    EXPECT_EQ(got, shares) << what;
    EXPECT_EQ(served, given) << what;
    EXPECT_FALSE(inherited.has(where));
    EXPECT_TRUE(inherited.left().empty());
}

INSTANTIATE_TEST_SUITE_P(Numbers, InheritedSocketsTest, testing::ValuesIn(kCases));

TEST(InheritedSockets, AreFoundByTheirAddress) {
    std::vector<ListeningSocket> made;
    made.push_back(std::move(listen_on(address("127.0.0.1:0"), 1).value().front()));
    made.push_back(std::move(listen_on(address("[::1]:0"), 1).value().front()));
    const ListenAddress v4 = made.front().address();
    const ListenAddress v6 = made.back().address();
    InheritedSockets inherited{std::move(made)};

    ASSERT_EQ(inherited.take(v6, 2).value().size(), 2U);

    EXPECT_FALSE(inherited.has(v6));
    EXPECT_TRUE(inherited.has(v4));
    EXPECT_EQ(inherited.left(), std::vector<std::string>{to_text(v4)});
    EXPECT_FALSE(inherited.has(address("127.0.0.2:9091")));
}

}  // namespace
}  // namespace numproof
