// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/sockets.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/options_of.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

std::size_t worker_count(const Settings& settings) {
    return settings.http.workers.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

/// Binds or takes over the sockets of one configuration.
class Binding {
public:
    Binding(InheritedSockets inherited, BindMode mode, Log& log)
        : inherited_(std::move(inherited)), mode_(mode), log_(log) {}

    [[nodiscard]] Result<void> public_sockets(Settings& settings, BoundSockets& bound);
    [[nodiscard]] Result<void> admin_sockets(Settings& settings, BoundSockets& bound);
    [[nodiscard]] Result<void> leave_none() const;

private:
    using PerWorker = std::vector<std::vector<ListeningSocket>>;

    [[nodiscard]] Result<PerWorker> bind_one(HostPort& listen, std::size_t count, bool& kept);

    InheritedSockets inherited_;
    BindMode mode_;
    Log& log_;
};

Result<Binding::PerWorker> Binding::bind_one(HostPort& listen, std::size_t count, bool& kept) {
    auto address = listen_address_of(listen);
    if (!address) {
        return pass_on(address);
    }
    if (inherited_.has(*address)) {
        kept = true;
        return inherited_.take(*address, count);
    }
    auto sockets = listen_on(*address, count);
    if (!sockets) {
        return pass_on(sockets);
    }
    if (const auto* tcp = std::get_if<TcpAddress>(&sockets->front().address())) {
        listen.port = tcp->port;
    }
    PerWorker workers(count);
    for (std::size_t i = 0; i < count; ++i) {
        workers[i].push_back(std::move((*sockets)[i]));
    }
    return workers;
}

Result<void> Binding::public_sockets(Settings& settings, BoundSockets& bound) {
    for (std::size_t nth = 0; nth < settings.http.listen.size(); ++nth) {
        auto& listen = settings.http.listen[nth].address;
        auto sockets = bind_one(listen, bound.workers.size(), bound.kept);
        const bool dispensable = mode_ == BindMode::sandbox && nth > 0 && listen.host == "::1";
        if (!sockets && dispensable) {
            log_.write(messages::listener_skipped, {{"reason", sockets.error().detail}});
            continue;
        }
        if (!sockets) {
            return pass_on(sockets);
        }
        for (std::size_t i = 0; i < bound.workers.size(); ++i) {
            for (auto& socket : (*sockets)[i]) {
                bound.workers[i].push_back({.socket = std::move(socket), .listener = nth});
            }
        }
    }
    return {};
}

/// Without a service manager nobody has made the runtime folder. If we may not either, binding says
/// so.
void make_folder_of(const std::string& socket) {
    constexpr mode_t kGroupReads = 0750;
    static_cast<void>(mkdir(socket.substr(0, socket.rfind('/')).c_str(), kGroupReads));
}

Result<void> Binding::admin_sockets(Settings& settings, BoundSockets& bound) {
    bool kept = false;
    auto tcp = bind_one(settings.http.admin, 1, kept);
    if (!tcp) {
        return pass_on(tcp);
    }
    std::ranges::move(tcp->front(), std::back_inserter(bound.admin));
    if (settings.http.admin_socket.empty()) {
        settings.http.admin_socket = ctl::default_socket();
        make_folder_of(settings.http.admin_socket);
    }
    HostPort path{.host = {}, .port = 0, .unix_path = settings.http.admin_socket};
    auto local = bind_one(path, 1, kept);
    if (!local && mode_ == BindMode::sandbox) {
        log_.write(messages::admin_socket_skipped, {{"reason", local.error().detail}});
        return {};
    }
    if (!local) {
        return pass_on(local);
    }
    std::ranges::move(local->front(), std::back_inserter(bound.admin));
    return {};
}

Result<void> Binding::leave_none() const {
    const auto left = inherited_.left();
    if (left.empty()) {
        return {};
    }
    return fail(
        ErrorCode::invalid_configuration,
        "the service manager listens on " + left.front() +
            ", which neither http.listen nor http.admin names: see `systemctl cat "
            "numproofd.socket`"
    );
}

}  // namespace

Result<BoundSockets> bind_sockets(
    Settings& settings, InheritedSockets inherited, BindMode mode, Log& log
) {
    Binding binding{std::move(inherited), mode, log};
    BoundSockets bound;
    bound.workers.resize(worker_count(settings));
    if (settings.node.api || settings.node.auth) {
        if (auto done = binding.public_sockets(settings, bound); !done) {
            return pass_on(done);
        }
    }
    if (auto done = binding.admin_sockets(settings, bound); !done) {
        return pass_on(done);
    }
    if (auto done = binding.leave_none(); !done) {
        return pass_on(done);
    }
    if (settings.auth.issuer.empty() && !settings.http.listen.empty()) {
        const auto& first = settings.http.listen.front();
        const std::string scheme = first.tls ? "https" : "http";
        settings.auth.issuer = scheme + "://localhost:" + std::to_string(first.address.port);
    }
    return bound;
}

}  // namespace numproof
