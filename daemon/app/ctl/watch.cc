// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/watch.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <unistd.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/printable.h"
#include "daemon/app/exit_codes.h"

namespace numproof::ctl {
namespace {

/// Clears the screen and goes to its top left corner.
constexpr std::string_view kRedraw = "\x1b[H\x1b[2J";

/// Set by a signal: the watch ends at its next turn, which is at once.
volatile std::sig_atomic_t end_is_asked = 0;

extern "C" void note_end(int /*signal*/) {
    end_is_asked = 1;
}

void show(const Context& context, const View& view, std::string_view json, bool redraw) {
    std::string text;
    if (context.format == Format::json) {
        text = std::string{json} + "\n";
    } else if (redraw) {
        text = std::string{kRedraw} + view.table(json);
    } else {
        text = view.line(json) + "\n";
    }
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    (void)std::fflush(stdout);
}

}  // namespace

void end_on_signals() {
    struct sigaction action {};

    action.sa_handler = note_end;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        (void)sigaction(signal, &action, nullptr);
    }
}

bool asked_to_end() {
    return end_is_asked != 0;
}

// A signal cuts it short, because the handler was set without SA_RESTART.
void pause_a_second() {
    const timespec second{.tv_sec = 1, .tv_nsec = 0};
    if (!asked_to_end()) {
        (void)nanosleep(&second, nullptr);
    }
}

bool wants_colour() {
    return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;  // NOLINT
}

int complain_of(const Error& error) {
    std::fprintf(stderr, "numproofctl: %s\n", printable_lines(error.detail).c_str());
    return error.code == ErrorCode::io_failure ? kExitUnavailable : kExitFailed;
}

int look(const Context& context, const View& view) {
    const auto answer = ask(context.socket, "GET", view.path);
    if (!answer) {
        return complain_of(answer.error());
    }
    const auto text = context.format == Format::json ? *answer + "\n" : view.table(*answer);
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    return kExitOk;
}

// A daemon that is away for a while is waited for: who watches a rebuild watches restarts, too.
int watch(const Context& context, const View& view, std::size_t turns_max) {
    end_on_signals();
    const bool redraw = isatty(STDOUT_FILENO) == 1;
    int exit_code = kExitOk;
    for (std::size_t turn = 0; !asked_to_end() && (turns_max == 0 || turn < turns_max); ++turn) {
        if (turn > 0) {
            pause_a_second();
            if (asked_to_end()) {
                break;
            }
        }
        const auto answer = ask(context.socket, "GET", view.path);
        if (answer) {
            show(context, view, *answer, redraw);
            exit_code = kExitOk;
        } else {
            exit_code = complain_of(answer.error());
        }
        if (std::ferror(stdout) != 0) {
            return kExitFailed;
        }
    }
    return exit_code;
}

}  // namespace numproof::ctl
