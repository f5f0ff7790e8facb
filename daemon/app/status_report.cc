// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/status_report.h"

#include <algorithm>

#include "daemon/app/certificates.h"
#include "daemon/app/feed_report.h"
#include "daemon/app/version.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).begin_array();
    for (const auto& text : texts) {
        json.text(text);
    }
    json.end_array();
}

void write_texts_or_null(JsonWriter& json, const std::optional<std::string>& lines) {
    if (!lines) {
        json.null();
        return;
    }
    json.begin_array();
    for (const auto& line : lines_of(*lines)) {
        json.text(line);
    }
    json.end_array();
}

std::vector<std::string> roles_of(const NodeSettings& node) {
    std::vector<std::string> roles;
    if (node.api) {
        roles.emplace_back("api");
    }
    if (node.auth) {
        roles.emplace_back("auth");
    }
    if (node.ingest) {
        roles.emplace_back("ingest");
    }
    return roles;
}

void write_directory(JsonWriter& json, const StatusReport& report) {
    const auto& settings = report.foundation.edition->settings;
    const bool memory = settings.directory.backend == DirectoryBackend::memory;
    json.key("directory").begin_object();
    json.key("backend").text(memory ? "memory" : "redis");
    json.key("standing").text(name_of(report.basis.standing));
    const auto age = known_age(report.basis);
    json.key("watermark_age_ms");
    age ? json.number(age->count()) : json.null();
    json.key("rebuild");
    write_rebuild(json, report.rebuild);
    json.end_object();
}

void write_audit(JsonWriter& json, const StatusReport& report) {
    json.key("audit").begin_object();
    json.key("topic").text(report.foundation.edition->settings.audit.topic);
    json.key("spool_dir").text(report.foundation.edition->settings.audit.spool_dir);
    json.key("spool_bytes").number(static_cast<std::int64_t>(report.backlog.bytes));
    json.key("undelivered_events").number(static_cast<std::int64_t>(report.backlog.records));
    json.end_object();
}

void write_certificates(JsonWriter& json, const Foundation& foundation) {
    const auto now = foundation.clock.wall_now();
    json.key("certificates").begin_object();
    for (const auto& certificate : certificates_of(foundation)) {
        const auto left = std::chrono::floor<std::chrono::days>(certificate.at - now);
        json.key(certificate.name).begin_object();
        json.key("expires").text(to_rfc3339(certificate.at));
        json.key("days_left").number(left.count());
        json.end_object();
    }
    json.end_object();
}

}  // namespace

std::optional<Milliseconds> known_age(const DirectoryBasis& basis) {
    constexpr Milliseconds kNever = std::chrono::hours{24} * 3650;
    return basis.watermark_age < kNever ? std::optional{basis.watermark_age} : std::nullopt;
}

std::string to_json(const StatusReport& report) {
    const auto& settings = report.foundation.edition->settings;
    JsonWriter json;
    json.begin_object();
    json.key("version").text(kVersion);
    json.key("node").text(settings.node.name);
    write_texts(json, "roles", roles_of(settings.node));
    json.key("ready").boolean(report.troubles.empty());
    write_texts(json, "troubles", report.troubles);
    json.key("up_seconds").number(report.up.count() / 1000);
    json.key("issuer").text(settings.auth.issuer);
    json.key("connections").number(static_cast<std::int64_t>(report.connections));
    write_directory(json, report);
    json.key("kafka").begin_object();
    write_texts(json, "brokers", settings.kafka.brokers);
    json.end_object();
    write_audit(json, report);
    write_certificates(json, report.foundation);
    json.key("config_hash").text(report.foundation.edition->config_hash);
    json.key("reload_refused");
    write_texts_or_null(json, report.reload_refusal);
    json.end_object();
    return json.take();
}

std::string to_line(const StatusReport& report) {
    const auto age = known_age(report.basis);
    const auto lag = age ? std::to_string(age->count()) + " ms" : std::string{"unknown"};
    const auto waiting = std::to_string(report.backlog.records);
    std::string line = report.troubles.empty() ? "ready" : "not ready";
    for (const auto& trouble : report.troubles) {
        line += ", " + trouble;
    }
    line += "; watermark age " + lag + "; " + waiting + " audit events undelivered";
    if (report.reload_refusal) {
        const auto reasons = lines_of(*report.reload_refusal);
        const auto more =
            reasons.size() > 1 ? " (" + std::to_string(reasons.size()) + " in all)" : "";
        line += "; reload refused, the former configuration is in force: " + reasons.front() + more;
    }
    return line;
}

std::string keys_json(const KeyRing& ring, std::string_view marker_key, std::string_view mark) {
    JsonWriter json;
    json.begin_object();
    json.key("directory_sealed_with").text_or_null(marker_key);
    json.key("mark").text(mark);
    json.key("keys").begin_array();
    for (const auto& named : ring) {
        const bool current = &named == &ring.front();
        json.begin_object();
        json.key("id").text(named.id);
        json.key("current").boolean(current);
        // The directory depends on one key only; tokens and dead letters may need the others yet.
        json.key("seals_the_directory").boolean(named.id == marker_key);
        json.end_object();
    }
    json.end_array().end_object();
    return json.take();
}

std::string clients_json(const ClientRegistry& clients) {
    JsonWriter json;
    json.begin_array();
    for (const auto& [id, client] : clients) {
        json.begin_object();
        json.key("id").text(id);
        json.key("name").text(client.name);
        write_texts(json, "redirect_uris", client.redirect_uris);
        write_texts(json, "purposes", client.purposes);
        json.end_object();
    }
    json.end_array();
    return json.take();
}

}  // namespace numproof
