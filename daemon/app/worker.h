// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/evhtp/http_server.h"
#include "adapters/spool/spool_audit_log.h"
#include "daemon/app/foundation.h"
#include "daemon/app/loop_directory.h"
#include "daemon/app/public_service.h"
#include "daemon/app/sockets.h"

namespace numproof {

/// What workers share besides the foundation.
struct FrontParts {
    Foundation& foundation;
    Spool& spool;
    FrontMetrics& metrics;
    ConnectionCounts& counts;
};

/// One thread that answers requests: a loop, its stores and everything that handles a request.
/// Nothing in it is shared with other workers. Made and destroyed by the main thread.
class Worker {
public:
    Worker(FrontParts parts, std::vector<PublicSocket> sockets);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Starts the thread. Who connects waits until accept_callers().
    void start();

    /// Takes connections from now on. From any thread; not after stop().
    void accept_callers();

    /// Makes the directory of `edition` beside the current one, then calls `done` on its own
    /// thread, as LoopDirectories::prepare(). From any thread; not after stop().
    void prepare(std::shared_ptr<const Edition> edition, std::function<void(std::string)> done);

    /// What was prepared is not wanted. From any thread; not after stop().
    void drop_prepared();

    /// Answers what begins from now on under `edition`, from the directory that was prepared if one
    /// was, then calls `done` on its own thread. From any thread; not after stop().
    void adopt(std::shared_ptr<const Edition> edition, std::function<void()> done);

    /// Takes no new connections and closes each after its answer. From any thread.
    void begin_drain();

    /// True when no connection and no request is left, and none comes. From any thread.
    [[nodiscard]] bool idle() const noexcept {
        return !server_.accepting() && server_.connections() == 0 && server_.in_flight() == 0;
    }

    /// What its loop knows of the directory, not older than a moment. From any thread.
    [[nodiscard]] Standing standing() const noexcept { return seen_.load(); }

    /// Ends the thread.
    void stop();

    [[nodiscard]] std::uint64_t beats() const noexcept { return loop_.beats(); }

private:
    [[nodiscard]] Task<void> summarise_refusals();
    [[nodiscard]] Task<void> show_standing();

    Foundation& foundation_;
    EventLoop loop_;
    LoopDirectories directories_;
    SpoolAuditLog audit_log_;
    CurrentService service_;
    HttpServer server_;
    std::vector<PublicSocket> sockets_;
    std::vector<std::size_t> served_;  // The listener of each socket that the server has.
    ListenerTls tls_;                  // By listener.
    std::atomic<Standing> seen_{Standing::starting};
    std::thread thread_;
};

}  // namespace numproof
