// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/listening_socket.h"

#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/http/test_client.h"
#include "tests/integration/http/test_server.h"

namespace numproof {
namespace {

ListenAddress address(std::string_view text) {
    return read_listen_address(text).value();
}

TEST(ParseListenAddress, ReadsAndWritesTheThreeForms) {
    for (const auto* text :
         {"127.0.0.1:9091", "0.0.0.0:0", "[::1]:9091", "[::]:1", "unix:/run/x"}) {
        EXPECT_EQ(to_text(address(text)), text);
    }
}

TEST(ParseListenAddress, RefusesEverythingElse) {
    for (const std::string text :
         {"",
          "9091",
          ":9091",
          "localhost:9091",
          "127.0.0.1",
          "127.0.0.1:",
          "127.0.0.1:65536",
          "127.0.0.1:+1",
          " 127.0.0.1:1",
          "127.0.0.1:1 ",
          "::1:9091",
          "[127.0.0.1]:1",
          "[::1]",
          "[]:1",
          "unix:",
          "unix:relative",
          "256.0.0.1:1"}) {
        EXPECT_FALSE(read_listen_address(text).has_value()) << text;
    }
    EXPECT_FALSE(read_listen_address("unix:/" + std::string(200, 'x')).has_value());
}

TEST(ListenOn, GivesEachWorkerASocketOnTheSamePort) {
    const auto sockets = listen_on(address("127.0.0.1:0"), 3).value();

    ASSERT_EQ(sockets.size(), 3U);
    const auto port = std::get<TcpAddress>(sockets[0].address()).port;
    EXPECT_NE(port, 0);
    for (const auto& socket : sockets) {
        EXPECT_EQ(std::get<TcpAddress>(socket.address()).port, port);
        EXPECT_NE(fcntl(socket.fd(), F_GETFD) & FD_CLOEXEC, 0);
        EXPECT_NE(fcntl(socket.fd(), F_GETFL) & O_NONBLOCK, 0);
    }
}

TEST(ListenOn, RefusesAPortThatIsTaken) {
    const auto taken = listen_on(address("127.0.0.1:0"), 1).value();

    const auto second = listen_on(taken.front().address(), 2);

    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::invalid_configuration);
}

TEST(ListenOn, TakesAStalePathOverAndLeavesALivingOneAlone) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("numproof-listen-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    const auto path = (folder / "admin.sock").string();
    const auto where = address("unix:" + path);
    {
        const auto first = listen_on(where, 2, 0600).value();

        struct stat status {};

        ASSERT_EQ(stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U);
        EXPECT_FALSE(listen_on(where, 1).has_value());
    }
    EXPECT_TRUE(listen_on(where, 1).has_value());
    EXPECT_FALSE(listen_on(address("unix:" + folder.string()), 1).has_value());
    std::filesystem::remove_all(folder);
}

TEST(AdoptListening, TakesOnlySocketsThatListen) {
    auto made = listen_on(address("[::1]:0"), 1).value();
    const auto where = to_text(made.front().address());

    const auto adopted = adopt_listening(made.front().release(), 2);

    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->size(), 2U);
    EXPECT_EQ(to_text(adopted->back().address()), where);
    EXPECT_FALSE(adopt_listening(socket(AF_INET, SOCK_STREAM, 0), 1).has_value());
}

TEST(AdoptListening, RefusesOneThatHidesWhoCalls) {
    const int both = socket(AF_INET6, SOCK_STREAM, 0);
    const int off = 0;
    ASSERT_EQ(setsockopt(both, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
    ASSERT_EQ(listen(both, 1), 0);

    const auto adopted = adopt_listening(both, 1);

    ASSERT_FALSE(adopted.has_value());
    EXPECT_EQ(adopted.error().code, ErrorCode::invalid_configuration);
    EXPECT_NE(adopted.error().detail.find("BindIPv6Only=ipv6-only"), std::string::npos);
}

TEST(HttpServer, ServesAPathTo) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("numproof-http-" + std::to_string(getpid()) + ".sock");
    TestServer server;
    auto sockets = listen_on(address("unix:" + path.string()), 1).value();
    server.on_loop([&] { ASSERT_TRUE(server.server->serve(std::move(sockets.front()))); });
    TestClient client{path.string()};

    const auto answer = client.exchange("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    EXPECT_EQ(status_of_answer(answer), 200);
    std::filesystem::remove(path);
}

TEST(ConnectionCounts, CountsAnIpv6CallerByItsNetwork) {
    ConnectionCounts counts{{.total = 10, .per_address = 1}};
    const auto peer = [](std::string_view text) {
        return SourceEndpoint{.address = IpAddress::parse(text).value(), .port = 1};
    };
    using Verdict = ConnectionCounts::Verdict;

    EXPECT_EQ(counts.enter(peer("2001:db8::1")), Verdict::welcome);
    EXPECT_EQ(counts.enter(peer("2001:db8::2")), Verdict::turned_away);
    EXPECT_EQ(counts.enter(peer("2001:db8:0:1::1")), Verdict::welcome);
    counts.leave(peer("2001:db8::1"));
    EXPECT_EQ(counts.enter(peer("2001:db8::2")), Verdict::welcome);
    EXPECT_EQ(counts.total(), 2U);
}

}  // namespace
}  // namespace numproof
