// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/node.h"

#include "daemon/app/options_of.h"

namespace numproof {
namespace {

// Operators look from the machine itself; this is plenty.
constexpr ConnectionCaps kAdminCaps{.total = 200, .per_address = 200};

// A reload may take its time, as numproofctl knows; the other commands have limits of their own.
constexpr Milliseconds kAdminRequest{120'000};

Membership membership_of(Node::Kind kind) {
    return kind == Node::Kind::sandbox ? Membership::passing : Membership::lasting;
}

}  // namespace

Node::Node(Foundation& foundation, Kind kind)
    : foundation_(foundation),
      kind_(kind),
      directories_(foundation, loop_),
      began_(foundation.clock.mono_now()),
      node_metrics_(foundation.clock, [this] { return facts(); }),
      process_metrics_(foundation.clock.wall_now()),
      public_counts_(connection_caps_of(foundation.edition->settings)),
      admin_counts_(kAdminCaps) {}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::make(
    Foundation& foundation, BoundSockets sockets, Kind kind, ReloadSource reload
) {
    std::unique_ptr<Node> node{new Node{foundation, kind}};
    auto built = node->build(std::move(sockets));
    if (!built) {
        return pass_on(built);
    }
    node->make_reload(std::move(reload));
    return node;
}

Result<void> Node::build(BoundSockets sockets) {
    if (kind_ == Kind::sandbox) {
        sandbox_core_ = std::make_unique<SandboxCore>(foundation_);
        if (auto made = sandbox_core_->make_topics(); !made) {
            return made;
        }
    }
    auto audit = AuditPipeline::open(foundation_);
    if (!audit) {
        return pass_on(audit);
    }
    audit_ = std::move(*audit);
    audit_log_ = std::make_unique<SpoolAuditLog>(audit_->spool(), loop_, foundation_.clock);
    dead_letter_desk_ = std::make_unique<DeadLetterDesk>(foundation_, loop_, *audit_log_);
    audit_tail_desk_ = std::make_unique<AuditTailDesk>(foundation_, loop_);
    make_session_query();
    if (auto made = build_feeds(); !made) {
        return made;
    }
    const FrontParts front{
        .foundation = foundation_,
        .spool = audit_->spool(),
        .metrics = public_metrics_,
        .counts = public_counts_};
    kept_sockets_ = sockets.kept;
    for (auto& own : sockets.workers) {
        workers_.push_back(std::make_unique<Worker>(front, std::move(own)));
    }
    admin_router_ = std::make_unique<AdminRouter>(admin_parts());
    const HttpServer::Parts admin{
        .base = loop_.base(),
        .handler = *admin_router_,
        .clock = foundation_.clock,
        .log = *foundation_.log,
        .metrics = admin_metrics_,
        .counts = admin_counts_};
    HttpServerOptions admin_options;
    admin_options.timeouts.request = kAdminRequest;
    admin_ = std::make_unique<HttpServer>(admin, admin_options);
    admin_sockets_ = std::move(sockets.admin);
    return {};
}

Result<void> Node::build_feeds() {
    if (foundation_.edition->settings.node.ingest) {
        auto ingest = IngestThread::make(foundation_, foundation_.edition, membership_of(kind_));
        if (!ingest) {
            return pass_on(ingest);
        }
        ingest_ = std::move(*ingest);
    }
    if (kind_ == Kind::regular) {
        auto survey = make_topic_survey(foundation_, foundation_.edition);
        if (!survey) {
            return pass_on(survey);
        }
        topic_survey_ = std::move(*survey);
    }
    return {};
}

void Node::make_session_query() {
    session_query_ =
        std::make_shared<SessionQuery>(foundation_, directories_.current(), *audit_log_);
}

void Node::make_reload(ReloadSource source) {
    renewal_ = std::make_unique<Renewal>(Renewal::Parts{
        .foundation = foundation_,
        .loop = loop_,
        .audit = *audit_,
        .workers = workers_,
        .directories = directories_,
        .ingest = ingest_,
        .survey = topic_survey_,
        .membership = membership_of(kind_),
        .directory_taken = [this] { make_session_query(); }});
    reload_ = std::make_unique<Reload>(
        Reload::Parts{
            .foundation = foundation_,
            .loop = loop_,
            .audit = *audit_log_,
            .counts = public_counts_,
            .renewal = *renewal_,
            .notifier = notifier_,
            .marker_key = [this] { return watch().marker_key(); },
            .status = [this] { return to_line(report()); },
            .announced = [this] { return announced_; }},
        std::move(source)
    );
}

std::vector<const MetricSource*> Node::metric_sources() const {
    std::vector<const MetricSource*> sources{
        &foundation_.http,
        &foundation_.verify,
        &foundation_.auth,
        &foundation_.directory,
        &foundation_.redis,
        &public_metrics_,
        &admin_metrics_,
        &audit_->spool().metrics(),
        &audit_->sink_metrics(),
        &node_metrics_,
        &process_metrics_,
        &reload_->metrics()};
    if (ingest_) {
        sources.push_back(&ingest_->counters());
        sources.push_back(&ingest_->feed_metrics());
        sources.push_back(&ingest_->dead_letter_metrics());
    }
    return sources;
}

}  // namespace numproof
