// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/bench/scripted_server.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/check.h"
#include "tools/numproof_bench/response_scan.h"

namespace numproof::bench {
namespace {

// How long the first whole request in `received` is; 0: there is none.
std::size_t request_size(const std::string& received) {
    const auto end = received.find("\r\n\r\n");
    if (end == std::string::npos) {
        return 0;
    }
    const auto length = field_of(std::string_view{received}.substr(0, end), "content-length");
    const auto size = end + 4 + (length.empty() ? 0 : std::stoul(std::string{length}));
    return received.size() >= size ? size : 0;
}

void send_piece(int fd, const std::string& piece) {
    // A generator that has gone is not this server's concern.
    (void)send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
}

}  // namespace

ScriptedServer::ScriptedServer(Script script, After after)
    : script_(std::move(script)), after_(after), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    NP_CHECK(bind(listener_, raw, length) == 0 && listen(listener_, 128) == 0);
    NP_CHECK(getsockname(listener_, raw, &length) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
}

ScriptedServer::~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock{mutex_};
        std::ranges::for_each(open_, [](int fd) { shutdown(fd, SHUT_RDWR); });
    }
    std::ranges::for_each(threads_, [](std::thread& thread) { thread.join(); });
    close(listener_);
}

std::string ScriptedServer::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<std::string> ScriptedServer::requests() {
    const std::lock_guard lock{mutex_};
    return requests_;
}

std::vector<std::string> ScriptedServer::sources() {
    const std::lock_guard lock{mutex_};
    return sources_;
}

void ScriptedServer::accept_all() {
    for (;;) {
        sockaddr_in peer{};
        socklen_t length = sizeof peer;
        const int fd = accept(listener_, reinterpret_cast<sockaddr*>(&peer), &length);
        if (fd < 0) {
            return;
        }
        const int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::array<char, INET_ADDRSTRLEN> text{};
        inet_ntop(AF_INET, &peer.sin_addr, text.data(), text.size());
        {
            const std::lock_guard lock{mutex_};
            open_.push_back(fd);
        }
        threads_.emplace_back([this, fd, source = std::string{text.data()}] { serve(fd, source); });
    }
}

void ScriptedServer::serve(int fd, const std::string& source) {
    std::string received;
    std::array<char, 4096> buffer{};
    bool open = true;
    while (open) {
        const auto got = recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            break;
        }
        received.append(buffer.data(), static_cast<std::size_t>(got));
        if (const auto size = request_size(received); size > 0) {
            const auto answer = ask(received.substr(0, size), source);
            received.erase(0, size);
            std::ranges::for_each(answer, [fd](const auto& piece) { send_piece(fd, piece); });
            open = !answer.empty() && after_ == After::keep;
        }
    }
    const std::lock_guard lock{mutex_};
    std::erase(open_, fd);
    close(fd);
}

ScriptedServer::Answer ScriptedServer::ask(const std::string& request, const std::string& source) {
    const std::lock_guard lock{mutex_};
    requests_.push_back(request);
    sources_.push_back(source);
    return script_(request, requests_.size() - 1);
}

std::string http_answer(
    const std::string& status, const std::string& body, const std::string& fields
) {
    return "HTTP/1.1 " + status + "\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace numproof::bench
