// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_docs/messages_page.h"

#include <string_view>

#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

std::string_view word_of(Severity severity) {
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
    return {};
}

}  // namespace

std::string messages_markdown() {
    std::string page =
        "# Log messages\n\n"
        "Generated from the message catalogue (`numproof-docs messages-md`). An id is never used "
        "again for something else.\n\n"
        "| id | level | message | what to do |\n|---|---|---|---|\n";
    for (const auto& message : messages::all()) {
        page.append("| `").append(message.id).append("` | ").append(word_of(message.severity));
        page.append(" | ").append(message.text).append(" | ").append(message.action);
        page.append(" |\n");
    }
    return page;
}

}  // namespace numproof
