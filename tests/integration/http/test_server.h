// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/event/event_loop.h"
#include "adapters/evhtp/http_server.h"

namespace numproof {

/// Answers with what it was asked: `METHOD path body`. `/later` waits for the gate to be opened,
/// `/hidden` counts.
class EchoHandler final : public HttpHandler {
public:
    explicit EchoHandler(Loop& loop) : loop_(loop) {}

    Task<http::Response> handle(const http::Request& request, Deadline) override {
        ++handled;
        hidden += request.path == "/hidden" ? 1 : 0;
        while (request.path == "/later" && !gate_open) {
            ++waits;
            co_await loop_.sleep(Milliseconds{1});
        }
        http::Response response;
        response.content_type = "text/plain";
        response.body = std::string{request.method_name} + " " + std::string{request.path} + " " +
                        std::string{request.body};
        if (request.path == "/large") {
            response.body.assign(1'000'000, 'x');
        }
        ++ended;
        co_return response;
    }

    http::Response refuse(http::Refusal refusal, std::string_view path) const override {
        http::Response response{.status = http::status_of(refusal)};
        response.body = R"({"refused":"on )" + std::string{path} + R"("})";
        return response;
    }

    bool draining() const noexcept override { return false; }

    std::atomic<int> handled{0};
    std::atomic<int> ended{0};
    std::atomic<int> hidden{0};
    std::atomic<int> waits{0};
    std::atomic<bool> gate_open{false};

private:
    Loop& loop_;
};

/// Remembers how often it was written to.
class CountingLog final : public Log {
public:
    void write(const Message&, std::initializer_list<LogField>) override { ++lines; }

    std::atomic<int> lines{0};
};

/// The front on a thread and a port of its own.
class TestServer {
public:
    explicit TestServer(
        HttpServerOptions options = {},
        ConnectionCaps caps = {},
        std::shared_ptr<const TlsServerContext> tls = nullptr,
        std::string_view address = "127.0.0.1:0"
    )
        : handler(loop), counts(caps) {
        auto sockets = listen_on(read_listen_address(address).value(), 1).value();
        if (const auto* tcp = std::get_if<TcpAddress>(&sockets.front().address())) {
            port = tcp->port;
        }
        server = std::make_unique<HttpServer>(
            HttpServer::Parts{
                .base = loop.base(),
                .handler = handler,
                .clock = clock,
                .log = log,
                .metrics = metrics,
                .counts = counts},
            std::move(options)
        );
        EXPECT_TRUE(server->serve(std::move(sockets.front()), std::move(tls)).has_value());
        thread_ = std::thread{[this] { loop.run(); }};
    }

    ~TestServer() {
        loop.stop();
        thread_.join();
        server.reset();
    }

    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    /// Runs `work` on the loop and waits for it.
    void on_loop(const std::function<void()>& work) {
        std::promise<void> ran;
        loop.post([&] {
            work();
            ran.set_value();
        });
        ran.get_future().wait();
    }

    /// Waits until `condition` holds; false after ten seconds.
    static bool eventually(const std::function<bool()>& condition) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) {
                return false;
            }
            std::this_thread::yield();
        }
        return true;
    }

    /// The value of the metric that has `label` as its last label value.
    [[nodiscard]] double metric(std::string_view name, std::string_view label) const {
        std::vector<Sample> samples;
        metrics.collect(samples);
        for (const auto& sample : samples) {
            if (sample.name == name && sample.labels.back().second == label) {
                return sample.value;
            }
        }
        return -1;
    }

    EventLoop loop;
    SystemClock clock;
    CountingLog log;
    FrontMetrics metrics{"public"};
    EchoHandler handler;
    ConnectionCounts counts;
    std::unique_ptr<HttpServer> server;
    std::uint16_t port = 0;

private:
    std::thread thread_;
};

}  // namespace numproof
