// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/http/test_client.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

template <typename Name>
int connected(const Name& name) {
    const int fd = socket(reinterpret_cast<const sockaddr&>(name).sa_family, SOCK_STREAM, 0);
    NP_CHECK(connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    NP_CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience) == 0);
    return fd;
}

}  // namespace

TestClient::TestClient(std::uint16_t port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = connected(name);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

TestClient::TestClient(const std::string& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    fd_ = connected(name);
}

TestClient::~TestClient() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

bool TestClient::send(std::string_view octets) const {
    while (!octets.empty()) {
        const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void TestClient::half_close() const {
    shutdown(fd_, SHUT_WR);
}

void TestClient::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd_);
    fd_ = -1;
}

bool TestClient::read_more() {
    std::array<char, 16384> octets{};
    const auto got = recv(fd_, octets.data(), octets.size(), 0);
    if (got > 0) {
        received_.append(octets.data(), static_cast<std::size_t>(got));
    } else if (got < 0) {
        received_ += errno == EAGAIN ? "(no close)" : "(reset)";
    }
    return got > 0;
}

std::string TestClient::read_to_end() {
    while (read_more()) {
    }
    return std::exchange(received_, {});
}

std::string TestClient::read_answer() {
    std::size_t head = std::string::npos;
    while ((head = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!read_more()) {
            return std::exchange(received_, {});
        }
    }
    const auto length = received_.find("Content-Length: ");
    const auto body =
        length < head ? std::strtoul(received_.c_str() + length + 16, nullptr, 10) : 0;
    const auto size = head + 4 + body;
    while (received_.size() < size && read_more()) {
    }
    const auto answer = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
}

std::string TestClient::exchange(std::string_view octets) {
    send(octets);
    return read_to_end();
}

int status_of_answer(std::string_view answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::atoi(answer.substr(9, 3).data()) : 0;
}

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace numproof
