// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/session_lookup.h"

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/printable.h"
#include "daemon/app/ctl/table.h"
#include "daemon/app/exit_codes.h"
#include "daemon/auth/form.h"
#include "daemon/domain/address.h"

namespace numproof::ctl {
namespace {

constexpr Milliseconds kAnswerWithin{10'000};

int complain(std::string_view text, int exit_code) {
    std::fprintf(stderr, "numproofctl: %.*s\n", static_cast<int>(text.size()), text.data());
    return exit_code;
}

std::string first_line_of_input() {
    std::array<char, 64> line{};
    if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr) {
        return {};
    }
    const std::string_view text{line.data()};
    return std::string{text.substr(0, text.find_first_of("\r\n"))};
}

struct Endpoint {
    std::string address;
    std::string port;
};

/// A lone IPv6 address needs no brackets.
Endpoint split(const std::string& text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        const auto rest = end == std::string::npos ? std::string{} : text.substr(end + 1);
        if (end == std::string::npos || (!rest.empty() && rest.size() < 2) ||
            (!rest.empty() && rest.front() != ':')) {
            return {};
        }
        return {text.substr(1, end - 1), rest.empty() ? std::string{} : rest.substr(1)};
    }
    if (IpAddress::parse(text)) {
        return {text, {}};
    }
    const auto colon = text.rfind(':');
    return colon == std::string::npos ? Endpoint{}
                                      : Endpoint{text.substr(0, colon), text.substr(colon + 1)};
}

std::string form_of(const Lookup& lookup, const Endpoint& at) {
    std::string form;
    const auto add = [&form](const char* name, const std::string& value) {
        if (!value.empty()) {
            form += (form.empty() ? "" : "&") + std::string{name} + "=" + encode_query_text(value);
        }
    };
    add("address", at.address);
    add("port", at.port);
    add("session", lookup.session);
    add("source", lookup.source);
    add("number", lookup.number);
    add("reason", lookup.reason);
    return form;
}

/// The daemon's words for why not; nothing where it knows nothing of what was asked.
std::string detail_of(const std::string& body) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded{body};
    simdjson::dom::element root;
    std::string_view detail;
    if (parser.parse(padded).get(root) != simdjson::SUCCESS) {
        return printable_lines(body);
    }
    return root["detail"].get(detail) == simdjson::SUCCESS ? printable_lines(detail)
                                                           : std::string{};
}

void print(const Context& context, const std::string& json) {
    const auto text = context.format == Format::json ? json + "\n" : as_table(json);
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

int session_lookup(const Context& context, Lookup lookup) {
    if (lookup.address.empty() + lookup.session.empty() + lookup.number.empty() != 2) {
        return complain("name one of: ADDRESS, --session, --number", kExitUsage);
    }
    if (lookup.session.empty() != lookup.source.empty()) {
        return complain("--session and --source go together", kExitUsage);
    }
    if (!lookup.number.empty() && lookup.reason.empty()) {
        return complain("a look-up by number needs a --reason for the audit trail", kExitUsage);
    }
    if (lookup.number == "-") {
        lookup.number = first_line_of_input();
    }
    const auto at = split(lookup.address);
    if (!lookup.address.empty() && (at.address.empty() || !IpAddress::parse(at.address))) {
        return complain(
            "an address is 10.45.0.7, 10.45.0.7:20001 or [2001:db8::1]:443", kExitUsage
        );
    }
    const auto answer =
        ask(context.socket, "POST", "/v1/session", kAnswerWithin, form_of(lookup, at));
    if (answer) {
        print(context, *answer);
        return kExitOk;
    }
    if (answer.error().code == ErrorCode::io_failure) {
        return complain(answer.error().detail, kExitUnavailable);
    }
    const auto detail = detail_of(answer.error().detail);
    if (detail.empty() && context.format == Format::json) {
        print(context, answer.error().detail);
    }
    return complain(detail.empty() ? "nothing is known of it" : detail, kExitFailed);
}

}  // namespace numproof::ctl
