// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace numproof {

/// How a client speaks TLS. Files are PEM.
struct TlsCaller {
    std::string authority;         ///< Whom it believes.
    std::string certificate = {};  ///< What it shows; empty: nothing.
    std::string key = {};
    int version = 0;  ///< TLS1_2_VERSION, …; 0: any.
};

/// A blocking client that sends exactly what it is told to, on loopback. What it waits for comes
/// within ten seconds or not at all.
class TestClient {
public:
    explicit TestClient(std::uint16_t port);
    explicit TestClient(const std::string& path);

    /// With TLS from the beginning.
    TestClient(std::uint16_t port, const TlsCaller& caller);
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;
    ~TestClient();

    /// Speaks TLS from now on; alarm() says what came of it.
    void shake_hands(const TlsCaller& caller);

    /// Sends `octets`; false when the other end is gone.
    bool send(std::string_view octets) const;

    /// Sends no more, but still reads: by close_notify with TLS.
    void half_close() const;

    /// Why the handshake failed; empty: it did not.
    [[nodiscard]] const std::string& alarm() const noexcept { return alarm_; }

    /// What the other end is called by its certificate.
    [[nodiscard]] std::string peer_name() const;

    /// Whether the other end said farewell: close_notify.
    [[nodiscard]] bool farewell() const noexcept { return farewell_; }

    /// How many certificates the other end has shown.
    [[nodiscard]] int shown() const;

    /// Whether the other end has closed with a reset, about which no read has told yet.
    [[nodiscard]] bool was_reset() const;

    /// Closes with a reset.
    void reset();

    /// Everything until the other end closes; "(no close)" is appended when it does not.
    [[nodiscard]] std::string read_to_end();

    /// One answer: head and as much body as its length says; what comes after stays for later.
    [[nodiscard]] std::string read_answer();

    /// The answer to `octets` and all that comes until the close.
    [[nodiscard]] std::string exchange(std::string_view octets);

private:
    [[nodiscard]] bool read_more();

    int fd_ = -1;
    std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
    std::string alarm_;
    bool farewell_ = false;
    std::string received_;
};

/// The status code at the beginning of `answer`; 0 when there is none.
[[nodiscard]] int status_of_answer(std::string_view answer);

/// How often `part` stands in `text`.
[[nodiscard]] std::size_t occurrences(std::string_view text, std::string_view part);

}  // namespace numproof
