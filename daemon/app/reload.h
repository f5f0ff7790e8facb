// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/evhtp/connection_counts.h"
#include "adapters/systemd/notifier.h"
#include "daemon/app/reload_metrics.h"
#include "daemon/app/reload_plan.h"
#include "daemon/app/renewal.h"
#include "daemon/ports/audit_log.h"

namespace numproof {

/// What reading the configuration again takes from outside.
struct ReloadSource {
    ReadConfiguration read;
    std::function<void(const LoggingSettings&)>
        adopt_log;  ///< The log is as they say. Thread-safe.
};

/// Brings a changed configuration into force while requests are answered: all of it, or none when
/// anything in it is wrong or needs a restart. Belongs to the main loop.
class Reload {
public:
    /// All of it outlives this.
    struct Parts {
        Foundation& foundation;
        EventLoop& loop;
        AuditLog& audit;
        ConnectionCounts& counts;
        Renewal& renewal;
        const Notifier& notifier;
        std::function<std::string()> marker_key;  ///< See plan_reload().
        std::function<std::string()> status;      ///< One line for the service manager.
        std::function<bool()> announced;          ///< READY=1 has been sent.
    };

    Reload(Parts parts, ReloadSource source);

    /// `numproofctl reload`: answers when every worker answers under the new configuration; 409
    /// with every reason, one a line, when the old one stays in force; 500 when a worker hangs, and
    /// nobody can tell what it answers under.
    [[nodiscard]] Task<http::Response> command(const http::Request& request, Deadline deadline);

    /// SIGHUP: the same; what comes of it is in the log, in status and with the service manager.
    void from_signal();

    /// Why the last reload was refused, one reason a line; nullopt: it was not, or there was none.
    [[nodiscard]] const std::optional<std::string>& refusal() const noexcept { return refusal_; }

    /// True until all that a reload changes is in its place.
    [[nodiscard]] bool running() const noexcept { return running_; }

    [[nodiscard]] const MetricSource& metrics() const noexcept { return metrics_; }

private:
    struct Outcome {
        std::vector<std::string> changed;
        std::string refusal;   ///< Empty: taken.
        std::size_t late = 0;  ///< Workers that have not answered; the others have taken it.
    };

    [[nodiscard]] Task<Outcome> run();
    [[nodiscard]] Task<Outcome> attempt();
    [[nodiscard]] Task<void> run_for_signal();
    [[nodiscard]] Task<std::size_t> bring_into_force(std::shared_ptr<const Edition> edition);
    [[nodiscard]] Task<void> note_in_audit();
    [[nodiscard]] bool manager_listens() const;
    void tell(const Outcome& outcome);

    const Parts parts_;
    const ReloadSource source_;
    bool running_ = false;
    std::optional<std::string> refusal_;
    ReloadMetrics metrics_;
};

}  // namespace numproof
