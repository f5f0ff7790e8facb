// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/audit_commands.h"
#include "daemon/app/ctl/printable.h"
#include "daemon/app/ctl/watch.h"
#include "daemon/app/exit_codes.h"
#include "daemon/auth/form.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;

/// Longer than the daemon waits for Kafka.
constexpr Milliseconds kAnswerWithin{20'000};

/// What a person looks for first; all of it is in --json.
constexpr std::array<std::string_view, 9> kShown{
    "client_id", "operation", "result", "status", "code", "reason", "cause", "action", "count"};

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view text_of(const element& from, std::string_view name) {
    std::string_view text;
    return from[name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

/// `verification.answered` of `io.numproof.verification.answered.v1`.
std::string_view short_type(std::string_view type) {
    constexpr std::string_view kBefore = "io.numproof.";
    constexpr std::string_view kAfter = ".v1";
    if (type.starts_with(kBefore) && type.ends_with(kAfter)) {
        type = type.substr(kBefore.size(), type.size() - kBefore.size() - kAfter.size());
    }
    return type;
}

std::string shown_of(const element& data) {
    std::string shown;
    for (const auto name : kShown) {
        element value;
        if (data[name].get(value) != simdjson::SUCCESS || value.is_null()) {
            continue;
        }
        std::string_view text;
        const bool plain = value.get(text) == simdjson::SUCCESS;
        shown += " " + std::string{name} + "=" +
                 (plain ? printable(text) : printable(simdjson::minify(value)));
    }
    return shown;
}

std::string line_of(const element& event, const element* data, bool colour) {
    constexpr std::size_t kTypeWidth = 22;
    auto type = printable(short_type(text_of(event, "type")));
    type.resize(std::max(type.size(), kTypeWidth), ' ');
    std::string line = printable(text_of(event, "time")) + "  " + std::string{colour ? kBold : ""} +
                       type + std::string{colour ? kPlain : ""};
    line += data != nullptr ? shown_of(*data) : " (not readable)";
    if (const auto correlator = text_of(event, "correlationid"); !correlator.empty()) {
        line += " correlator=" + printable(correlator);
    }
    return line + "\n";
}

/// One JSON object: the event's attributes, and its data as an object.
std::string json_of(const element& event, const element* data) {
    std::string json = "{";
    for (const auto [name, value] : event.get_object()) {
        if (name != "data") {
            json += "\"" + std::string{name} + "\":" + simdjson::minify(value) + ",";
        }
    }
    json += "\"data\":" + (data != nullptr ? simdjson::minify(*data) : std::string{"null"});
    return json + "}\n";
}

/// Shows one answer; the next cursor, or empty when it cannot be read.
class Printer {
public:
    Printer(const Context& context, const AuditTail& tail)
        : json_(context.format == Format::json), colour_(wants_colour()), type_(tail.type) {}

    std::string show(const std::string& body) {
        const simdjson::padded_string padded{body};
        element answer;
        simdjson::dom::array events;
        if (parser_.parse(padded).get(answer) != simdjson::SUCCESS ||
            answer["events"].get(events) != simdjson::SUCCESS) {
            return {};
        }
        for (const auto event : events) {
            if (text_of(event, "type").find(type_) != std::string_view::npos) {
                print(event);
            }
        }
        (void)std::fflush(stdout);
        return std::string{text_of(answer, "cursor")};
    }

private:
    void print(const element& event) {
        const simdjson::padded_string padded{text_of(event, "data")};
        element data;
        const bool readable =
            data_parser_.parse(padded).get(data) == simdjson::SUCCESS && data.is_object();
        const auto* const found = readable ? &data : nullptr;
        const auto text = json_ ? json_of(event, found) : line_of(event, found, colour_);
        (void)std::fwrite(text.data(), 1, text.size(), stdout);
    }

    bool json_;
    bool colour_;
    std::string_view type_;
    simdjson::dom::parser parser_;
    simdjson::dom::parser data_parser_;
};

}  // namespace

int audit_tail(const Context& context, const AuditTail& tail) {
    end_on_signals();
    Printer printer{context, tail};
    const auto past = "/v1/audit?lines=" + std::to_string(tail.lines);
    auto answer = ask(context.socket, "GET", past, kAnswerWithin);
    if (!answer) {
        return complain_of(answer.error());
    }
    std::string cursor = printer.show(*answer);
    while (!tail.once && !asked_to_end()) {
        if (cursor.empty()) {
            std::fputs("numproofctl: the daemon's answer cannot be read\n", stderr);
            return kExitFailed;
        }
        const auto path = "/v1/audit?after=" + encode_query_text(cursor);
        answer = ask(context.socket, "GET", path, kAnswerWithin);
        if (answer) {
            cursor = printer.show(*answer);
        } else if (answer.error().code == ErrorCode::io_failure) {
            pause_a_second();
        } else {
            return complain_of(answer.error());
        }
    }
    return kExitOk;
}

}  // namespace numproof::ctl
