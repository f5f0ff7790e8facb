// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/node.h"

#include "adapters/prometheus/render_metrics.h"
#include "daemon/api/openapi_documents.h"
#include "daemon/app/admin_answer.h"
#include "daemon/app/feed_report.h"
#include "daemon/app/options_of.h"
#include "daemon/app/version.h"
#include "daemon/base/json_writer.h"
#include "daemon/config/render.h"
#include "embedded/asyncapi.h"
#include "embedded/web.h"

namespace numproof {
namespace {

// Operators look from the machine itself; this is plenty.
constexpr ConnectionCaps kAdminCaps{.total = 200, .per_address = 200};

// Reading a topic of dead letters takes its time.
constexpr Milliseconds kAdminRequest{30'000};

using DeskCommand =
    Task<http::Response> (DeadLetterDesk::*)(const http::Request& request, Deadline deadline);

Membership membership_of(Node::Kind kind) {
    return kind == Node::Kind::sandbox ? Membership::passing : Membership::lasting;
}

/// A question that was begun is answered from the directory of its beginning.
Task<http::Response> look_up(
    std::shared_ptr<SessionQuery> query, const http::Request& request, Deadline deadline
) {
    co_return co_await query->look_up(request, deadline);
}

StaticDocument yaml_document(std::string_view text) {
    return {.content_type = "application/yaml", .text = std::string{text}};
}

std::map<std::string, StaticDocument> admin_documents() {
    return {
        {"/openapi/v0.yaml", yaml_document(openapi_document(ContractVersion::v0))},
        {"/openapi/v1.yaml", yaml_document(openapi_document(ContractVersion::v1))},
        {"/openapi/v2.yaml", yaml_document(openapi_document(ContractVersion::v2))},
        {"/asyncapi.yaml", yaml_document(embedded::asyncapi::asyncapi_yaml)},
        {"/",
         {.content_type = "text/html; charset=utf-8",
          .text = std::string{embedded::web::status_html}}},
    };
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

std::vector<ReadinessCheck> Node::readiness_checks() {
    return {
        {.name = "draining", .trouble = [this] { return draining_trouble(); }},
        {.name = "directory", .trouble = [this] { return directory_trouble(); }},
        {.name = "audit", .trouble = [this] { return audit_trouble(); }}};
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

AdminParts Node::admin_parts() {
    return {
        .checks = readiness_checks(),
        .started = [this] { return announced_; },
        .metrics = [this] { return render_metrics(metric_sources()); },
        .documents = admin_documents(),
        .commands = admin_commands()};
}

std::map<std::string, AdminCommand> Node::admin_commands() {
    const auto look = [this](std::string (Node::*write)()) {
        return AdminCommand{
            .method = http::Method::get, .run = [this, write](const http::Request&, Deadline) {
                return json_answer((this->*write)());
            }};
    };
    const auto run_at_desk = [this](http::Method method, DeskCommand command) {
        return AdminCommand{
            .method = method,
            .run = [this, command](const http::Request& request, Deadline deadline) {
                return (*dead_letter_desk_.*command)(request, deadline);
            }};
    };
    return {
        {"/v1/status", look(&Node::status_json)},
        {"/v1/config", look(&Node::config_json)},
        {"/v1/feed", look(&Node::feed_json)},
        {"/v1/keys", look(&Node::keys_json)},
        {"/v1/clients", look(&Node::clients_text)},
        {"/v1/dlq", run_at_desk(http::Method::get, &DeadLetterDesk::list)},
        {"/v1/dlq/replay", run_at_desk(http::Method::post, &DeadLetterDesk::replay)},
        {"/v1/session",
         {.method = http::Method::post,
          .run = [this](
                     const http::Request& request, Deadline deadline
                 ) { return look_up(session_query_, request, deadline); }}},
        {"/v1/reload",
         {.method = http::Method::post,
          .run = [this](
                     const http::Request& request, Deadline deadline
                 ) { return reload_->command(request, deadline); }}},
        {"/v1/drain",
         {.method = http::Method::post,
          .run =
              [this](const http::Request&, Deadline) {
                  loop_.post([this] { begin_drain(); });
                  return json_answer("{\"draining\":true}");
              }}},
    };
}

std::string Node::status_json() {
    return to_json(report());
}

std::string Node::config_json() {
    JsonWriter json;
    json.begin_object();
    json.key("config_hash").text(foundation_.edition->config_hash);
    json.key("yaml").text(effective_yaml(foundation_.edition->effective));
    json.end_object();
    return json.take();
}

std::string Node::feed_json() {
    const auto own = ingest_ ? std::optional{ingest_->progress()} : std::nullopt;
    return to_json(FeedReport{
        .settings = foundation_.edition->settings,
        .now = foundation_.clock.wall_now(),
        .standing = watch().basis().standing,
        .own = own,
        .known = watch().partitions()});
}

std::string Node::keys_json() {
    return numproof::keys_json(
        foundation_.edition->directory, watch().marker_key(), foundation_.edition->vault->mark()
    );
}

std::string Node::clients_text() {
    const auto& clients = foundation_.edition->clients;
    return clients ? clients_json(*clients) : "[]";
}

Task<http::Response> Node::json_answer(std::string body) {
    co_return admin_answer(200, std::move(body));
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

std::optional<std::string> Node::directory_trouble() const {
    if (const auto refusal = directories_.current()->stores.refusal()) {
        return *refusal;
    }
    if (const auto refused = foundation_.redis.writes.trouble(foundation_.clock.mono_now())) {
        return refused;
    }
    // Ready means that every worker would answer: each has a view of its own.
    auto standing = watch().basis().standing;
    for (const auto& worker : workers_) {
        standing = standing == Standing::usable ? worker->standing() : standing;
    }
    if (standing == Standing::usable) {
        return std::nullopt;
    }
    std::string words{name_of(standing)};
    if (const auto silent = watch().most_silent(); silent && standing == Standing::stale) {
        words += ": nothing new from " + silent->topic + "/" + std::to_string(silent->partition);
    }
    if (const auto missing = watch().missing_key(); !missing.empty()) {
        words += ": " + missing;
    }
    if (const auto rebuild = ingest_ ? ingest_->rebuild() : std::nullopt) {
        words += ": " + to_line(*rebuild);
    }
    if (const auto why = ingest_ ? ingest_->trouble() : std::string{}; !why.empty()) {
        words += " (" + why + ")";
    }
    return words;
}

std::optional<std::string> Node::draining_trouble() const {
    return foundation_.draining ? std::optional<std::string>{"on its way out"} : std::nullopt;
}

std::optional<std::string> Node::audit_trouble() {
    const bool deny = foundation_.edition->settings.audit.on_spool_failure == OnSpoolFailure::deny;
    return deny && !audit_->spool().taking()
               ? std::optional<std::string>{"the spool is full or cannot be written"}
               : std::nullopt;
}

NodeFacts Node::facts() {
    NodeFacts facts{
        .version = kVersion,
        .checks = {},
        .basis = watch().basis(),
        .max_staleness = foundation_.edition->settings.directory.max_staleness,
        .spool_bytes_max = foundation_.edition->settings.audit.spool_bytes_max,
        .certificates = certificates_of(foundation_)};
    for (const auto& check : readiness_checks()) {
        facts.checks.push_back({.name = check.name, .well = !check.trouble().has_value()});
    }
    return facts;
}

StatusReport Node::report() {
    return {
        .foundation = foundation_,
        .reload_refusal = reload_->refusal(),
        .troubles = admin_router_->troubles(),
        .basis = watch().basis(),
        .rebuild = ingest_ ? ingest_->rebuild() : std::nullopt,
        .backlog = audit_->spool().index().backlog(),
        .connections = public_counts_.total(),
        .up = std::chrono::duration_cast<Milliseconds>(foundation_.clock.mono_now() - began_)};
}

}  // namespace numproof
