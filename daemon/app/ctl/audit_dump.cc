// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/audit_dump.h"

#include <simdjson.h>

#include "daemon/app/ctl/printable.h"
#include "daemon/base/json_writer.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;

bool read_text(const element& value, std::string& text) {
    std::string_view view;
    if (value.get(view) != simdjson::SUCCESS) {
        return false;
    }
    text = view;
    return true;
}

bool read_headers(const element& line, AuditRecord& record) {
    simdjson::dom::array words;
    if (line["headers"].get(words) != simdjson::SUCCESS || words.size() % 2 != 0) {
        return false;
    }
    std::string name;
    for (const auto word : words) {
        std::string text;
        if (!read_text(word, text)) {
            return false;
        }
        if (name.empty()) {
            name = std::move(text);
        } else {
            record.headers.emplace_back(std::exchange(name, {}), std::move(text));
        }
    }
    return name.empty();
}

std::string_view words_for(ChainFault fault) noexcept {
    switch (fault) {
        case ChainFault::malformed:
            return "this is no audit event";
        case ChainFault::missing:
            return "events before it are missing";
        case ChainFault::broken_link:
            return "it does not fit the event before: one of the two was changed";
        case ChainFault::forked:
            return "another event has the same place";
        case ChainFault::out_of_order:
            return "it stands behind a later event";
        case ChainFault::wrong_checkpoint:
            return "the audit key did not sign this checkpoint: what is before it was written anew";
        case ChainFault::unknown_key:
            return "it was signed by a key that is not in the key file";
        case ChainFault::not_as_kept:
            return "the copy has it, the dump does not: it was cut off or changed";
    }
    return "";
}

void add_line(std::string& text, const ChainFinding& finding) {
    const bool in_copy = finding.fault == ChainFault::not_as_kept;
    text.append(in_copy ? "copy, line " : "line ").append(std::to_string(finding.position + 1));
    text.append(": ").append(name_of(finding.fault));
    if (finding.sequence > 0) {
        text.append(", event ").append(std::to_string(finding.sequence));
    }
    if (!finding.source.empty()) {
        text.append(" of ").append(printable(finding.source));
    }
    text.append(": ").append(words_for(finding.fault)).append("\n");
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string{count == 1 ? one : many};
}

}  // namespace

Result<DumpRecord> parse_dump_line(std::string_view line) {
    // One thread reads dumps, line by line: the parser's memory is used again.
    static simdjson::dom::parser parser;
    const simdjson::padded_string padded{line};
    element root;
    DumpRecord read;
    const bool good = parser.parse(padded).get(root) == simdjson::SUCCESS && root.is_object() &&
                      read_headers(root, read.record);
    element key;
    element value;
    if (!good || root["key"].get(key) != simdjson::SUCCESS ||
        root["payload"].get(value) != simdjson::SUCCESS || !read_text(key, read.record.key) ||
        !read_text(value, read.record.value)) {
        return fail(ErrorCode::malformed, "not a record as kcat -J writes it");
    }
    std::int64_t number = 0;
    if (root["partition"].get(number) == simdjson::SUCCESS) {
        read.partition = static_cast<std::int32_t>(number);
    }
    if (root["offset"].get(number) == simdjson::SUCCESS) {
        read.offset = number;
    }
    return read;
}

bool holds(const ChainReport& report) noexcept {
    return report.faults == 0 && report.events > 0;
}

std::string findings_table(const ChainReport& report, bool with_keys) {
    std::string text;
    for (const auto& finding : report.findings) {
        add_line(text, finding);
    }
    if (report.faults > report.findings.size()) {
        text.append("… and ").append(std::to_string(report.faults - report.findings.size()));
        text.append(" more\n");
    }
    text.append(counted(report.events, "event", "events")).append(" of ");
    text.append(counted(report.sources, "source", "sources")).append(", ");
    text.append(std::to_string(report.repeated)).append(" repeated; ");
    if (with_keys) {
        text.append(counted(report.checkpoints, "checkpoint holds", "checkpoints hold"));
    } else {
        text.append("the checkpoints' signatures were not checked (--key-file)");
    }
    text.append("; ").append(std::to_string(report.unsealed));
    text.append(" behind the last checkpoint, which only a copy can vouch for\n");
    if (report.events == 0) {
        text.append("there is no audit event in it\n");
    } else {
        text.append(holds(report) ? "the chain holds\n" : "the chain does not hold\n");
    }
    return text;
}

std::string findings_json(const ChainReport& report, bool with_keys) {
    const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
    JsonWriter json;
    json.begin_object().key("holds").boolean(holds(report));
    json.key("events").number(number(report.events));
    json.key("sources").number(number(report.sources));
    json.key("repeated").number(number(report.repeated));
    json.key("checkpoints");
    with_keys ? json.number(number(report.checkpoints)) : json.null();
    json.key("unsealed").number(number(report.unsealed));
    json.key("faults").number(number(report.faults));
    json.key("findings").begin_array();
    for (const auto& finding : report.findings) {
        json.begin_object().key("fault").text(name_of(finding.fault));
        json.key("line").number(number(finding.position + 1));
        json.key("in_copy").boolean(finding.fault == ChainFault::not_as_kept);
        json.key("source").text(finding.source);
        json.key("sequence").number(static_cast<std::int64_t>(finding.sequence));
        json.key("detail").text(words_for(finding.fault)).end_object();
    }
    json.end_array().end_object();
    return json.take();
}

}  // namespace numproof::ctl
