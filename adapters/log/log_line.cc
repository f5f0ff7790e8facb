// SPDX-License-Identifier: Apache-2.0
#include "adapters/log/log_line.h"

#include <algorithm>

#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

/// syslog(3) priorities.
std::string_view priority_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::debug:
            return "7";
        case Severity::info:
            return "6";
        case Severity::warning:
            return "4";
        case Severity::error:
            return "3";
    }
    return "3";
}

/// A name that the journal takes: capitals, digits and underscores.
std::string journal_name(std::string_view key) {
    std::string name = "NUMPROOF_";
    for (const char c : key) {
        if (c >= 'a' && c <= 'z') {
            name.push_back(static_cast<char>(c - 'a' + 'A'));
        } else {
            const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            name.push_back(plain ? c : '_');
        }
    }
    return name;
}

void append_fields(std::string& out, const std::vector<LogField>& fields) {
    for (const auto& [key, value] : fields) {
        out.push_back(' ');
        out += key;
        out.push_back('=');
        append_json_string(out, value);
    }
}

}  // namespace

std::string_view name_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::debug:
            return "debug";
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "error";
}

std::string to_text(const LogLine& line) {
    auto text = to_rfc3339(line.time);
    for (const auto part : {name_of(line.message.severity), line.message.id, line.message.text}) {
        text.push_back(' ');
        text += part;
    }
    append_fields(text, line.fields);
    return text;
}

std::string to_json(const LogLine& line) {
    JsonWriter json;
    json.begin_object().key("time").text(to_rfc3339(line.time));
    json.key("level").text(name_of(line.message.severity)).key("id").text(line.message.id);
    json.key("message").text(line.message.text);
    for (const auto& [key, value] : line.fields) {
        json.key(key).text(value);
    }
    json.end_object();
    return json.take();
}

std::vector<std::string> to_journal(const LogLine& line) {
    std::string message = "MESSAGE=" + std::string{line.message.text};
    append_fields(message, line.fields);
    std::vector<std::string> entry;
    entry.push_back(std::move(message));
    entry.push_back("PRIORITY=" + std::string{priority_of(line.message.severity)});
    entry.push_back("SYSLOG_IDENTIFIER=numproofd");
    entry.push_back("NUMPROOF_MSG_ID=" + std::string{line.message.id});
    for (const auto& [key, value] : line.fields) {
        entry.push_back(journal_name(key) + "=" + value);
    }
    return entry;
}

}  // namespace numproof
