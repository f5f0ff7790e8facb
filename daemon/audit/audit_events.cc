// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/audit_events.h"

#include <utility>

#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

AuditEntry node_entry(AuditKind kind, WallTime time, JsonWriter& json) {
    return AuditEntry{
        .kind = kind,
        .time = time,
        .partition_key = std::string{kNodePartition},
        .correlation_id = {},
        .trace_parent = {},
        .data = json.take()};
}

std::int64_t as_number(std::uint64_t count) noexcept {
    return static_cast<std::int64_t>(count);
}

}  // namespace

AuditEntry entry_of(const ConfigEvent& event) {
    JsonWriter json;
    json.begin_object().key("cause").text(event.cause).key("node").text(event.node);
    json.key("config_hash").text(event.config_hash).key("version").text(event.version);
    json.end_object();
    return node_entry(AuditKind::config, event.time, json);
}

AuditEntry entry_of(const IntegrityEvent& event) {
    JsonWriter json;
    json.begin_object().key("what").text(event.what).key("place").text_or_null(event.place);
    json.key("lost_bytes").number(as_number(event.lost)).end_object();
    return node_entry(AuditKind::integrity, event.time, json);
}

AuditEntry entry_of(const AdminEvent& event) {
    JsonWriter json;
    json.begin_object().key("action").text(event.action);
    json.key("operator").text(event.operator_name);
    json.key("object").text_or_null(event.object).key("reason").text_or_null(event.reason);
    json.key("result").text(event.result).end_object();
    return node_entry(AuditKind::admin, event.time, json);
}

AuditEntry entry_of(const RefusalSummary& summary) {
    JsonWriter json;
    std::uint64_t total = 0;
    json.begin_object().key("from").text(to_rfc3339(summary.from));
    json.key("to").text(to_rfc3339(summary.to)).key("counts").begin_array();
    for (const auto& [group, count] : summary.counts) {
        json.begin_object().key("operation").text(group.operation);
        json.key("reason").text_or_null(group.reason).key("status").number(group.status);
        json.key("count").number(as_number(count)).end_object();
        total += count;
    }
    json.end_array().key("total").number(as_number(total));
    json.key("config_hash").text(summary.config_hash).key("version").text(summary.version);
    json.end_object();
    return node_entry(AuditKind::refusals, summary.to, json);
}

}  // namespace numproof
