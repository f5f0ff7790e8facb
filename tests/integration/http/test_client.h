// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace numproof {

/// A blocking client that sends exactly what it is told to, on loopback. What it waits for comes
/// within ten seconds or not at all.
class TestClient {
public:
    explicit TestClient(std::uint16_t port);
    explicit TestClient(const std::string& path);
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;
    ~TestClient();

    /// Sends `octets`; false when the other end is gone.
    bool send(std::string_view octets) const;

    /// Sends no more, but still reads.
    void half_close() const;

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
    std::string received_;
};

/// The status code at the beginning of `answer`; 0 when there is none.
[[nodiscard]] int status_of_answer(std::string_view answer);

/// How often `part` stands in `text`.
[[nodiscard]] std::size_t occurrences(std::string_view text, std::string_view part);

}  // namespace numproof
