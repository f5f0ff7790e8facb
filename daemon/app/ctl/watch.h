// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/app/ctl/commands.h"
#include "daemon/base/result.h"

namespace numproof::ctl {

/// Ends what runs, softly, at SIGINT, SIGTERM or SIGHUP: asked_to_end() is true then.
void end_on_signals();

/// Whether one of those signals came.
[[nodiscard]] bool asked_to_end();

/// Waits a second; less when a signal comes.
void pause_a_second();

/// True on a terminal, unless NO_COLOR is set (no-color.org).
[[nodiscard]] bool wants_colour();

/// Says on standard error what the daemon said, or that nobody answers; gives the exit status.
int complain_of(const Error& error);

/// How an answer of the daemon is shown.
struct View {
    std::string_view path;                               ///< Of the question.
    std::function<std::string(std::string_view)> table;  ///< Many lines.
    std::function<std::string(std::string_view)> line;   ///< One line, without its end.
};

/// Asks once and shows the answer.
int look(const Context& context, const View& view);

/// Asks each second, until a signal or `turns_max` times (0: without end): drawn anew on a
/// terminal, else a line each. A daemon that is away for a while is waited for.
int watch(const Context& context, const View& view, std::size_t turns_max);

}  // namespace numproof::ctl
