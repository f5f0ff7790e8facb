// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include <unistd.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/feed_table.h"
#include "daemon/app/exit_codes.h"

namespace numproof::ctl {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::string_view kPath = "/v1/feed";

/// Clears the screen and goes to its top left corner.
constexpr std::string_view kRedraw = "\x1b[H\x1b[2J";

/// Set by a signal: the watch ends at its next turn, which is at once.
volatile std::sig_atomic_t asked_to_end = 0;

extern "C" void note_end(int /*signal*/) {
    asked_to_end = 1;
}

void end_on_signals() {
    struct sigaction action {};

    action.sa_handler = note_end;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        (void)sigaction(signal, &action, nullptr);
    }
}

// A signal cuts it short, because the handler was set without SA_RESTART.
void pause_a_second() {
    const timespec second{.tv_sec = 1, .tv_nsec = 0};
    if (asked_to_end == 0) {
        (void)nanosleep(&second, nullptr);
    }
}

bool wants_colour() {
    return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;  // NOLINT
}

void show(const Context& context, std::string_view json, bool redraw) {
    std::string text;
    if (context.format == Format::json) {
        text = std::string{json} + "\n";
    } else if (redraw) {
        const auto colour = wants_colour() ? Colour::some : Colour::none;
        text = std::string{kRedraw} + feed_table(json, colour, kBarWidth);
    } else {
        text = feed_line(json) + "\n";
    }
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    (void)std::fflush(stdout);
}

int complain(const Error& error) {
    std::fprintf(stderr, "numproofctl: %s\n", error.detail.c_str());
    return error.code == ErrorCode::io_failure ? kExitUnavailable : kExitFailed;
}

}  // namespace

int feed_status(const Context& context) {
    const auto answer = ask(context.socket, "GET", kPath);
    if (!answer) {
        return complain(answer.error());
    }
    const auto colour = wants_colour() ? Colour::some : Colour::none;
    const auto text =
        context.format == Format::json ? *answer + "\n" : feed_table(*answer, colour, kBarWidth);
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    return kExitOk;
}

// A daemon that is away for a while is waited for: who watches a rebuild watches restarts, too.
int feed_watch(const Context& context, std::size_t turns_max) {
    end_on_signals();
    const bool redraw = isatty(STDOUT_FILENO) == 1;
    int exit_code = kExitOk;
    for (std::size_t turn = 0; asked_to_end == 0 && (turns_max == 0 || turn < turns_max); ++turn) {
        if (turn > 0) {
            pause_a_second();
            if (asked_to_end != 0) {
                break;
            }
        }
        const auto answer = ask(context.socket, "GET", kPath);
        if (answer) {
            show(context, *answer, redraw);
            exit_code = kExitOk;
        } else {
            exit_code = complain(answer.error());
        }
        if (std::ferror(stdout) != 0) {
            return kExitFailed;
        }
    }
    return exit_code;
}

}  // namespace numproof::ctl
