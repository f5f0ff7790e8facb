// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace numproof::bench {

/// An HTTP server on loopback for one test: each whole request gets what the test says, octet for
/// octet, in the pieces that it says.
class ScriptedServer {
public:
    /// What is sent for a request, piece by piece; with nothing in it the connection is closed.
    using Answer = std::vector<std::string>;
    using Script = std::function<Answer(const std::string& request, std::size_t serial)>;

    enum class After : std::uint8_t { keep, close };

    /// `after`: whether each connection is closed after its first answer. Called from many threads,
    /// one at a time.
    explicit ScriptedServer(Script script, After after = After::keep);
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    [[nodiscard]] std::string url(const std::string& path = "/verify") const;

    /// The requests so far, and the source address of each.
    [[nodiscard]] std::vector<std::string> requests();
    [[nodiscard]] std::vector<std::string> sources();

private:
    void accept_all();
    void serve(int fd, const std::string& source);
    [[nodiscard]] Answer ask(const std::string& request, const std::string& source);

    Script script_;
    After after_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> requests_;  // Guarded by mutex_.
    std::vector<std::string> sources_;   // Guarded by mutex_.
    std::vector<int> open_;              // Guarded by mutex_.
    std::vector<std::thread> threads_;   // Of the acceptor, until it has ended.
    std::thread acceptor_;
};

/// `HTTP/1.1 status`, the fields (each with its line end), and `body` with its length.
[[nodiscard]] std::string http_answer(
    const std::string& status, const std::string& body, const std::string& fields = {}
);

}  // namespace numproof::bench
