// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "adapters/evhtp/connection_counts.h"
#include "adapters/evhtp/http_server.h"
#include "adapters/kafka/kafka_topic_survey.h"
#include "adapters/memory/heap.h"
#include "adapters/systemd/notifier.h"
#include "daemon/api/admin_router.h"
#include "daemon/app/audit_pipeline.h"
#include "daemon/app/audit_tail_desk.h"
#include "daemon/app/dead_letter_desk.h"
#include "daemon/app/foundation.h"
#include "daemon/app/ingest_thread.h"
#include "daemon/app/loop_directory.h"
#include "daemon/app/node_metrics.h"
#include "daemon/app/node_signals.h"
#include "daemon/app/process_metrics.h"
#include "daemon/app/pulse.h"
#include "daemon/app/reload.h"
#include "daemon/app/renewal.h"
#include "daemon/app/sandbox.h"
#include "daemon/app/session_query.h"
#include "daemon/app/sockets.h"
#include "daemon/app/status_report.h"
#include "daemon/app/worker.h"

namespace numproof {

/// The running daemon: builds its threads by hand, in order, and ends them in reverse.
/// Made, run and destroyed by the main thread, whose loop serves the admin listener.
class Node {
public:
    enum class Kind : std::uint8_t { regular, sandbox };

    /// Fails with what the operator has to change.
    [[nodiscard]] static Result<std::unique_ptr<Node>> make(
        Foundation& foundation, BoundSockets sockets, Kind kind, ReloadSource reload
    );

    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    /// Works until it is told to stop; gives the exit status.
    [[nodiscard]] int run();

private:
    Node(Foundation& foundation, Kind kind);

    [[nodiscard]] Result<void> build(BoundSockets sockets);
    [[nodiscard]] Result<void> build_feeds();
    void make_session_query();
    void make_reload(ReloadSource source);

    [[nodiscard]] const StandingWatch& watch() const { return directories_.current()->standing; }

    [[nodiscard]] AdminParts admin_parts();
    [[nodiscard]] std::map<std::string, AdminCommand> admin_commands();
    [[nodiscard]] std::vector<const MetricSource*> metric_sources() const;
    [[nodiscard]] Task<http::Response> json_answer(std::string body);
    [[nodiscard]] std::optional<std::string> directory_trouble() const;
    [[nodiscard]] std::optional<std::string> draining_trouble() const;
    [[nodiscard]] std::optional<std::string> audit_trouble();
    [[nodiscard]] std::optional<std::string> topics_trouble() const;
    [[nodiscard]] std::vector<ReadinessCheck> readiness_checks();
    [[nodiscard]] StatusReport report();
    [[nodiscard]] NodeFacts facts();
    [[nodiscard]] std::string status_json();
    [[nodiscard]] std::string config_json();
    [[nodiscard]] std::string feed_json();
    [[nodiscard]] std::string keys_json();
    [[nodiscard]] std::string clients_text();

    void start_threads();
    void watch_threads();
    [[nodiscard]] Task<void> note_start();
    [[nodiscard]] Task<void> tend();
    void tend_once();
    void note_readiness();
    void accept_callers();
    void feed_watchdog();
    void begin_drain();
    [[nodiscard]] Task<void> stay_for_latecomers();
    [[nodiscard]] Task<void> drain();
    [[nodiscard]] bool drained() const;

    Foundation& foundation_;
    const Kind kind_;
    EventLoop loop_;
    LoopDirectories directories_;
    Notifier notifier_;
    Pulse pulse_;
    HeapCare heap_care_;
    const MonoTime began_;

    std::unique_ptr<SandboxCore> sandbox_core_;
    std::unique_ptr<AuditPipeline> audit_;
    std::unique_ptr<SpoolAuditLog> audit_log_;
    NodeMetrics node_metrics_;
    ProcessMetrics process_metrics_;
    FrontMetrics public_metrics_{"public"};
    FrontMetrics admin_metrics_{"admin"};
    ConnectionCounts public_counts_;
    ConnectionCounts admin_counts_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<IngestThread> ingest_;
    std::unique_ptr<KafkaTopicSurvey> topic_survey_;  ///< Not in the sandbox.
    std::unique_ptr<DeadLetterDesk> dead_letter_desk_;
    std::unique_ptr<AuditTailDesk> audit_tail_desk_;
    std::shared_ptr<SessionQuery> session_query_;  ///< A question keeps it to its end.
    std::unique_ptr<Renewal> renewal_;
    std::unique_ptr<Reload> reload_;
    std::unique_ptr<AdminRouter> admin_router_;
    std::unique_ptr<HttpServer> admin_;
    std::vector<ListeningSocket> admin_sockets_;
    std::unique_ptr<NodeSignals> signals_;

    bool kept_sockets_ = false;
    std::string stuck_;  // Threads that were told of last.
    bool accepting_ = false;
    std::optional<bool> was_ready_;
    bool announced_ = false;
    int exit_code_ = 0;
};

}  // namespace numproof
