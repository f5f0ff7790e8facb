// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/integration/http/test_client.h"
#include "tests/integration/http/test_server.h"

namespace numproof {
namespace {

using ::testing::HasSubstr;

std::string get(std::string_view target) {
    return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST(Drain, LosesNoAnswer) {
    TestServer server;
    TestClient idle{server.port};
    TestClient busy{server.port};
    idle.send(get("/"));
    busy.send(get("/later"));
    ASSERT_EQ(status_of_answer(idle.read_answer()), 200);
    ASSERT_TRUE(TestServer::eventually([&] { return server.server->in_flight() == 1; }));

    server.on_loop([&] { server.server->begin_drain(); });
    EXPECT_EQ(idle.read_to_end(), "");
    server.handler.gate_open = true;
    const auto answer = busy.read_to_end();

    EXPECT_EQ(status_of_answer(answer), 200);
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    idle.half_close();
    busy.half_close();
    EXPECT_TRUE(TestServer::eventually([&] { return server.server->connections() == 0; }));
}

TEST(Drain, TakesWhoWaitsToBeAccepted) {
    TestServer server;
    std::vector<std::unique_ptr<TestClient>> waiting;

    server.on_loop([&] {
        for (int i = 0; i < 50; ++i) {
            waiting.push_back(std::make_unique<TestClient>(server.port));
        }
        server.server->begin_drain();
    });

    for (auto& client : waiting) {
        const auto answer = client->exchange(get("/"));
        ASSERT_EQ(status_of_answer(answer), 200);
        EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    }
    EXPECT_TRUE(TestServer::eventually([&] { return !server.server->accepting(); }));
}

TEST(Drain, TakesWhoWaitsAtAPathAndRemovesIt) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("numproof-drain-" + std::to_string(getpid()) + ".sock");
    TestServer server{{}, {}, nullptr, "unix:" + path.string()};
    std::vector<std::unique_ptr<TestClient>> waiting;

    server.on_loop([&] {
        for (int i = 0; i < 50; ++i) {
            waiting.push_back(std::make_unique<TestClient>(path.string()));
        }
        server.server->begin_drain();
    });

    EXPECT_FALSE(std::filesystem::exists(path));
    for (auto& client : waiting) {
        ASSERT_EQ(status_of_answer(client->exchange(get("/"))), 200);
    }
    EXPECT_TRUE(TestServer::eventually([&] { return !server.server->accepting(); }));
}

TEST(Drain, LetsAKeptConnectionAskOnceMore) {
    TestServer server;
    TestClient client{server.port};
    client.send(get("/"));
    ASSERT_EQ(status_of_answer(client.read_answer()), 200);

    server.on_loop([&] { server.server->begin_drain(); });
    ASSERT_TRUE(TestServer::eventually([&] { return !server.server->accepting(); }));
    const auto answer = client.exchange(get("/"));

    EXPECT_EQ(status_of_answer(answer), 200);
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

}  // namespace
}  // namespace numproof
