// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/check.h"

namespace numproof {

/// A real redis-server of its own on a free loopback port, without persistence, in a temporary
/// folder. It dies with the test. Link PkgConfig::HIREDIS.
class RedisServer {
public:
    /// `settings` are more words for its command line (`--maxmemory-policy`, `allkeys-lru`). With
    /// lines for a sentinel's file it is a sentinel, and no store.
    explicit RedisServer(std::vector<std::string> settings = {}, std::string sentinel = {})
        : settings_(std::move(settings)), sentinel_(std::move(sentinel)) {
        std::string pattern = std::filesystem::temp_directory_path() / "numproof-redis-XXXXXX";
        NP_CHECK(mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        port_ = find_free_port();
        start();
    }

    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    ~RedisServer() {
        kill_hard();
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// A file of its folder, which is there before it starts.
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

    /// Starts it on its port, empty, and waits until it answers.
    void start() {
        NP_CHECK(pid_ == 0);
        pid_ = spawn_server();
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!connect_to()) {
            NP_CHECK(std::chrono::steady_clock::now() < give_up);
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

    /// Ends it as an operator does.
    void stop() { end_with(SIGTERM); }

    /// Ends it as the kernel does when memory runs out.
    void kill_hard() { end_with(SIGKILL); }

    /// It stands still: connections stay open, nothing is answered.
    void pause() const { kill(pid_, SIGSTOP); }

    void resume() const { kill(pid_, SIGCONT); }

    /// Runs one command and gives its reply as text, errors included. Once more when the connection
    /// is lost: a sentinel that changes a server's role ends all of them.
    std::string ask(std::initializer_list<std::string_view> words) const {
        auto reply = ask_once(words);
        for (int again = 0; again < 3 && !reply; ++again) {
            reply = ask_once(words);
        }
        NP_CHECK(reply.has_value());
        return *reply;
    }

    /// A list of texts, empty if the answer is none.
    std::vector<std::string> ask_list(std::initializer_list<std::string_view> words) const {
        const auto reply = send(words);
        NP_CHECK(reply != nullptr);
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < reply->elements; ++i) {
            const auto* const item = reply->element[i];
            texts.emplace_back(item->str ? std::string{item->str, item->len} : std::string{});
        }
        return texts;
    }

    /// The value of one of its settings.
    std::string ask_setting(std::string_view name) const {
        const auto named = ask_list({"CONFIG", "GET", name});
        NP_CHECK(named.size() == 2);
        return named.back();
    }

    /// A port that nobody listens on.
    static std::uint16_t find_free_port() {
        const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        NP_CHECK(bind(probe, generic, size) == 0);
        NP_CHECK(getsockname(probe, generic, &size) == 0);
        close(probe);
        return ntohs(address.sin_port);
    }

private:
    struct Freer {
        void operator()(redisContext* connection) const noexcept { redisFree(connection); }

        void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
    };

    /// Nothing if the connection is lost meanwhile.
    std::unique_ptr<redisReply, Freer> send(std::initializer_list<std::string_view> words) const {
        const auto connection = connect_to();
        NP_CHECK(connection != nullptr);
        std::vector<const char*> starts;
        std::vector<std::size_t> sizes;
        for (const auto word : words) {
            starts.push_back(word.data());
            sizes.push_back(word.size());
        }
        return std::unique_ptr<redisReply, Freer>{static_cast<redisReply*>(redisCommandArgv(
            connection.get(), static_cast<int>(words.size()), starts.data(), sizes.data()
        ))};
    }

    std::optional<std::string> ask_once(std::initializer_list<std::string_view> words) const {
        const auto reply = send(words);
        if (reply == nullptr) {
            return std::nullopt;
        }
        return reply->str ? std::string{reply->str, reply->len} : std::to_string(reply->integer);
    }

    std::unique_ptr<redisContext, Freer> connect_to() const {
        std::unique_ptr<redisContext, Freer> made{redisConnect("127.0.0.1", port_)};
        return made && made->err == 0 ? std::move(made) : nullptr;
    }

    pid_t spawn_server() const {
        std::vector<std::string> words{"redis-server"};
        if (!sentinel_.empty()) {
            const auto file = path("sentinel.conf");
            std::ofstream{file} << sentinel_;
            words.insert(words.end(), {file, "--sentinel"});
        }
        const std::vector<std::string> common{
            "--port",
            std::to_string(port_),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder_,
            "--save",
            "",
            "--appendonly",
            "no",
            "--logfile",
            "redis.log",
            "--daemonize",
            "no"};
        words.insert(words.end(), common.begin(), common.end());
        words.insert(words.end(), settings_.begin(), settings_.end());
        std::vector<char*> pointers;
        for (auto& word : words) {
            pointers.push_back(word.data());
        }
        pointers.push_back(nullptr);
        const pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            execvp(pointers.front(), pointers.data());
            _exit(127);
        }
        NP_CHECK(child > 0);
        return child;
    }

    void end_with(int signal_number) {
        if (const auto ended = std::exchange(pid_, 0)) {
            kill(ended, signal_number);
            kill(ended, SIGCONT);
            waitpid(ended, nullptr, 0);
        }
    }

    std::vector<std::string> settings_;
    std::string sentinel_;
    std::string folder_;
    std::uint16_t port_ = 0;
    pid_t pid_ = 0;
};

}  // namespace numproof
