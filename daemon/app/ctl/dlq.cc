// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/columns.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/printable.h"
#include "daemon/app/exit_codes.h"
#include "daemon/auth/form.h"

namespace numproof::ctl {
namespace {

using simdjson::dom::element;

/// A little longer than the daemon waits for Kafka.
constexpr Milliseconds kAnswerWithin{35'000};

std::string cell(const element& letter, std::string_view name) {
    element value;
    if (letter[name].get(value) != simdjson::SUCCESS) {
        return "?";
    }
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? printable(text) : simdjson::minify(value);
}

std::vector<Row> rows_of(const element& answer) {
    constexpr std::array<std::string_view, 8> kColumns{
        "topic", "partition", "offset", "time", "reason", "bytes", "key_id", "state"};
    std::vector<Row> rows(1);
    for (const auto column : kColumns) {
        rows.front().emplace_back(column);
    }
    simdjson::dom::array letters;
    if (answer["letters"].get(letters) != simdjson::SUCCESS) {
        return rows;
    }
    for (const auto letter : letters) {
        auto& row = rows.emplace_back();
        for (const auto column : kColumns) {
            row.push_back(cell(letter, column));
        }
    }
    return rows;
}

void print_rows(const std::vector<Row>& rows) {
    std::fputs(columns(rows, rows.front().size()).c_str(), stdout);
}

int complain(const std::string& text, int exit_code) {
    std::fprintf(stderr, "numproofctl: %s\n", text.c_str());
    return exit_code;
}

/// The daemon's words for why not.
std::string detail_of(const std::string& body) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{body};
    element answer;
    std::string_view detail;
    const bool readable = parser.parse(padded).get(answer) == simdjson::SUCCESS &&
                          answer["detail"].get(detail) == simdjson::SUCCESS;
    return printable_lines(readable ? detail : std::string_view{body});
}

std::string query_of(const LetterFilter& filter) {
    std::string query = "?limit=" + std::to_string(filter.limit);
    const auto add = [&query](const char* name, const std::string& value) {
        if (!value.empty()) {
            query += std::string{"&"} + name + "=" + encode_query_text(value);
        }
    };
    add("topic", filter.topic);
    add("reason", filter.reason);
    add("partition", filter.partition);
    add("offset", filter.offset);
    add("dry_run", filter.dry_run ? "1" : "");
    add("again", filter.again ? "1" : "");
    return query;
}

/// 1 when a letter that was asked for did not go.
int judge(const element& answer) {
    simdjson::dom::array letters;
    if (answer["letters"].get(letters) != simdjson::SUCCESS) {
        return kExitFailed;
    }
    for (const auto letter : letters) {
        const auto state = cell(letter, "state");
        if (state != "replayed" && state != "would_replay") {
            return kExitFailed;
        }
    }
    return kExitOk;
}

Result<std::string> ask_for_letters(
    const Context& context, std::string_view method, const std::string& path
) {
    return ask(context.socket, method, path, kAnswerWithin);
}

int fail_with(const Error& error) {
    const bool nobody = error.code == ErrorCode::io_failure;
    return complain(detail_of(error.detail), nobody ? kExitUnavailable : kExitFailed);
}

}  // namespace

int dlq_list(const Context& context, const LetterFilter& filter) {
    const auto body = ask_for_letters(context, "GET", "/v1/dlq" + query_of(filter));
    if (!body) {
        return fail_with(body.error());
    }
    if (context.format == Format::json) {
        std::printf("%s\n", body->c_str());
        return kExitOk;
    }
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{*body};
    element answer;
    if (parser.parse(padded).get(answer) != simdjson::SUCCESS) {
        return complain("the daemon's answer cannot be read", kExitFailed);
    }
    const auto rows = rows_of(answer);
    print_rows(rows);
    std::printf(
        "%zu of %s dead letters in %s%s\n",
        rows.size() - 1,
        cell(answer, "found").c_str(),
        cell(answer, "topic").c_str(),
        cell(answer, "complete") == "true" ? "" : " (there are more: narrow the filter)"
    );
    return kExitOk;
}

int dlq_replay(const Context& context, const LetterFilter& filter) {
    const bool narrow = !filter.topic.empty() || !filter.reason.empty() ||
                        !filter.partition.empty() || !filter.offset.empty();
    if (!narrow && !filter.all) {
        return complain(
            "say which: --reason, --topic, --partition, --offset, or --all", kExitUsage
        );
    }
    const auto body = ask_for_letters(context, "POST", "/v1/dlq/replay" + query_of(filter));
    if (!body) {
        return fail_with(body.error());
    }
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{*body};
    element answer;
    if (parser.parse(padded).get(answer) != simdjson::SUCCESS) {
        return complain("the daemon's answer cannot be read", kExitFailed);
    }
    if (context.format == Format::json) {
        std::printf("%s\n", body->c_str());
        return judge(answer);
    }
    print_rows(rows_of(answer));
    std::printf("%s replayed\n", cell(answer, "replayed").c_str());
    return judge(answer);
}

}  // namespace numproof::ctl
