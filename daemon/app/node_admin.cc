// SPDX-License-Identifier: Apache-2.0
#include "adapters/prometheus/render_metrics.h"
#include "daemon/api/openapi_documents.h"
#include "daemon/app/admin_answer.h"
#include "daemon/app/feed_report.h"
#include "daemon/app/node.h"
#include "daemon/base/json_writer.h"
#include "daemon/config/render.h"
#include "embedded/asyncapi.h"
#include "embedded/web.h"

namespace numproof {
namespace {

using DeskCommand =
    Task<http::Response> (DeadLetterDesk::*)(const http::Request& request, Deadline deadline);

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
        {"/v1/audit",
         {.method = http::Method::get,
          .run = [this](
                     const http::Request& request, Deadline deadline
                 ) { return audit_tail_desk_->read(request, deadline); }}},
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

}  // namespace numproof
