// SPDX-License-Identifier: Apache-2.0
#include "adapters/systemd/notifier.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include <systemd/sd-daemon.h>

namespace numproof {
namespace {

/// A status is one line: whatever would begin another assignment is taken out.
std::string one_line(std::string_view text) {
    std::string line{text};
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\r'; }, ' '
    );
    return line;
}

void notify(const std::string& state) {
    // Without a listener there is nothing to do about it.
    sd_notify(0, state.c_str());
}

/// Frees the names that sd_listen_fds_with_names() allocated.
class Names {
public:
    Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    ~Names() {
        for (char** at = list; at != nullptr && *at != nullptr; ++at) {
            std::free(*at);
        }
        std::free(list);
    }

    char** list = nullptr;
};

}  // namespace

void Notifier::ready(std::string_view status) const {
    notify("READY=1\nSTATUS=" + one_line(status));
}

void Notifier::reloading() const {
    // sd_notify(3): with the CLOCK_MONOTONIC of this moment, which steady_clock is on Linux.
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us));
}

void Notifier::status(std::string_view status) const {
    notify("STATUS=" + one_line(status));
}

void Notifier::stopping() const {
    notify("STOPPING=1");
}

void Notifier::alive() const {
    notify("WATCHDOG=1");
}

std::optional<Milliseconds> Notifier::watchdog_interval() const {
    std::uint64_t us = 0;
    if (sd_watchdog_enabled(0, &us) <= 0) {
        return std::nullopt;
    }
    const std::chrono::microseconds half{us / 2};
    return std::chrono::duration_cast<Milliseconds>(half);
}

Result<std::vector<InheritedSocket>> listen_fds() {
    Names names;
    const int count = sd_listen_fds_with_names(1, &names.list);
    if (count < 0) {
        return fail(ErrorCode::io_failure, std::generic_category().message(-count));
    }
    std::vector<InheritedSocket> sockets;
    for (int i = 0; i < count; ++i) {
        const bool named = names.list != nullptr && names.list[i] != nullptr;
        sockets.push_back(
            {.fd = SD_LISTEN_FDS_START + i, .name = named ? std::string{names.list[i]} : ""}
        );
    }
    return sockets;
}

}  // namespace numproof
