// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/http/test_client.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
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

/// Why OpenSSL or the system has failed.
std::string reason() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* const text = ERR_reason_error_string(code);
    return text != nullptr ? text : strerror(errno);
}

}  // namespace

TestClient::TestClient(std::uint16_t port)
    : context_(nullptr, SSL_CTX_free), session_(nullptr, SSL_free) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = connected(name);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

TestClient::TestClient(std::uint16_t port, const TlsCaller& caller) : TestClient(port) {
    shake_hands(caller);
}

void TestClient::shake_hands(const TlsCaller& caller) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_.get(), 0);
    const auto version = caller.version;
    NP_CHECK(
        SSL_CTX_load_verify_file(context_.get(), caller.authority.c_str()) == 1 &&
        (version == 0 || SSL_CTX_set_min_proto_version(context_.get(), version) == 1) &&
        SSL_CTX_set_max_proto_version(context_.get(), version) == 1
    );
    if (!caller.certificate.empty()) {
        auto* const to = context_.get();
        NP_CHECK(
            SSL_CTX_use_certificate_chain_file(to, caller.certificate.c_str()) == 1 &&
            SSL_CTX_use_PrivateKey_file(to, caller.key.c_str(), SSL_FILETYPE_PEM) == 1
        );
    }
    session_.reset(SSL_new(context_.get()));
    NP_CHECK(SSL_set_fd(session_.get(), fd_) == 1);
    if (SSL_connect(session_.get()) != 1) {
        alarm_ = reason();
    }
}

TestClient::TestClient(const std::string& path)
    : context_(nullptr, SSL_CTX_free), session_(nullptr, SSL_free) {
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
        const auto sent = session_ ? SSL_write(session_.get(), octets.data(), int(octets.size()))
                                   : ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void TestClient::half_close() const {
    if (session_) {
        SSL_shutdown(session_.get());
    } else {
        shutdown(fd_, SHUT_WR);
    }
}

std::string TestClient::peer_name() const {
    std::array<char, 64> name{};
    if (const auto* const peer = SSL_get0_peer_certificate(session_.get())) {
        auto* const subject = X509_get_subject_name(peer);
        X509_NAME_get_text_by_NID(subject, NID_commonName, name.data(), name.size());
    }
    return name.data();
}

int TestClient::shown() const {
    return sk_X509_num(SSL_get_peer_cert_chain(session_.get()));
}

bool TestClient::was_reset() const {
    int error = 0;
    socklen_t size = sizeof error;
    NP_CHECK(getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    return error != 0;
}

void TestClient::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd_);
    fd_ = -1;
}

bool TestClient::read_more() {
    std::array<char, 16384> octets{};
    const auto got = session_ ? SSL_read(session_.get(), octets.data(), octets.size())
                              : recv(fd_, octets.data(), octets.size(), 0);
    if (got > 0) {
        received_.append(octets.data(), static_cast<std::size_t>(got));
    } else if (session_) {
        farewell_ = SSL_get_error(session_.get(), static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN;
        alarm_ = farewell_ || !alarm_.empty() ? alarm_ : reason();
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
