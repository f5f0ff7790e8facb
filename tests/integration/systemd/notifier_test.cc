// SPDX-License-Identifier: Apache-2.0
#include "adapters/systemd/notifier.h"

#include <cstddef>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace numproof {
namespace {

/// Stands in for the service manager: a datagram socket with a name.
class NotifierTest : public testing::Test {
protected:
    NotifierTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const std::string name = "np-notify-" + std::to_string(::getpid());
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
        const auto size = offsetof(sockaddr_un, sun_path) + 1 + name.size();
        bound_ =
            ::bind(
                socket_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)
            ) == 0;
        ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    }

    ~NotifierTest() override {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
    }

    std::string heard() const {
        char text[512];
        const auto size = ::recv(socket_, text, sizeof text, MSG_DONTWAIT);
        return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
    }

    int socket_;
    bool bound_ = false;
    Notifier notifier_;
};

TEST_F(NotifierTest, TellsTheServiceManagerEachStep) {
    ASSERT_TRUE(bound_);

    notifier_.ready("ready, spool 0 %");
    EXPECT_EQ(heard(), "READY=1\nSTATUS=ready, spool 0 %");
    notifier_.status("stale\nREADY=0");
    EXPECT_EQ(heard(), "STATUS=stale READY=0");
    notifier_.alive();
    EXPECT_EQ(heard(), "WATCHDOG=1");
    notifier_.stopping();
    EXPECT_EQ(heard(), "STOPPING=1");
}

TEST_F(NotifierTest, IsSilentWithoutAServiceManager) {
    ::unsetenv("NOTIFY_SOCKET");

    notifier_.ready("ready");

    EXPECT_EQ(heard(), "");
}

TEST_F(NotifierTest, BeatsTwiceAsOftenAsTheWatchdogWants) {
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ(notifier_.watchdog_interval(), Milliseconds{15'000});

    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_EQ(notifier_.watchdog_interval(), std::nullopt) << "meant for another process";

    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    EXPECT_EQ(notifier_.watchdog_interval(), std::nullopt);
}

TEST(ListenFds, GivesNoneWithoutAServiceManager) {
    const auto sockets = listen_fds();

    ASSERT_TRUE(sockets.has_value());
    EXPECT_TRUE(sockets->empty());
}

TEST(ListenFds, GivesNamedSocketsOnceAndClosesThemOnExec) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(::dup2(socket, 3), 3);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_FDNAMES", "public", 1);

    const auto sockets = listen_fds();

    ASSERT_TRUE(sockets.has_value());
    ASSERT_EQ(sockets->size(), 1U);
    EXPECT_EQ((*sockets)[0].fd, 3);
    EXPECT_EQ((*sockets)[0].name, "public");
    EXPECT_NE(::fcntl(3, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_TRUE(listen_fds()->empty());
}

}  // namespace
}  // namespace numproof
