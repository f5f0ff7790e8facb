// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/sockets.h"

#include <algorithm>
#include <cstdlib>
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

Result<std::vector<ListeningSocket>> bind_one(HostPort& listen, std::size_t count) {
    auto address = listen_address_of(listen);
    if (!address) {
        return pass_on(address);
    }
    auto sockets = listen_on(*address, count);
    if (sockets) {
        if (const auto* tcp = std::get_if<TcpAddress>(&sockets->front().address())) {
            listen.port = tcp->port;
        }
    }
    return sockets;
}

Result<void> bind_public(Settings& settings, BindMode mode, Log& log, BoundSockets& bound) {
    bool first = true;
    for (auto& listen : settings.http.listen) {
        auto sockets = bind_one(listen, bound.workers.size());
        const bool dispensable = mode == BindMode::sandbox && !first && listen.host == "::1";
        if (!sockets && dispensable) {
            log.write(messages::listener_skipped, {{"reason", sockets.error().detail}});
            continue;
        }
        if (!sockets) {
            return pass_on(sockets);
        }
        for (std::size_t i = 0; i < bound.workers.size(); ++i) {
            bound.workers[i].push_back(std::move((*sockets)[i]));
        }
        first = false;
    }
    return {};
}

/// Without a service manager nobody has made the runtime folder. If we may not either, binding says
/// so.
void make_folder_of(const std::string& socket) {
    constexpr mode_t kGroupReads = 0750;
    static_cast<void>(mkdir(socket.substr(0, socket.rfind('/')).c_str(), kGroupReads));
}

Result<void> bind_admin(Settings& settings, BindMode mode, Log& log, BoundSockets& bound) {
    auto tcp = bind_one(settings.http.admin, 1);
    if (!tcp) {
        return pass_on(tcp);
    }
    bound.admin.push_back(std::move(tcp->front()));
    if (settings.http.admin_socket.empty()) {
        settings.http.admin_socket = ctl::default_socket();
        make_folder_of(settings.http.admin_socket);
    }
    HostPort path{.host = {}, .port = 0, .unix_path = settings.http.admin_socket};
    auto local = bind_one(path, 1);
    if (!local && mode == BindMode::sandbox) {
        log.write(messages::admin_socket_skipped, {{"reason", local.error().detail}});
        return {};
    }
    if (!local) {
        return pass_on(local);
    }
    bound.admin.push_back(std::move(local->front()));
    return {};
}

}  // namespace

Result<BoundSockets> bind_sockets(Settings& settings, BindMode mode, Log& log) {
    BoundSockets bound;
    bound.workers.resize(worker_count(settings));
    if (settings.node.api || settings.node.auth) {
        if (auto done = bind_public(settings, mode, log, bound); !done) {
            return pass_on(done);
        }
    }
    if (auto done = bind_admin(settings, mode, log, bound); !done) {
        return pass_on(done);
    }
    if (settings.auth.issuer.empty() && !settings.http.listen.empty()) {
        settings.auth.issuer =
            "http://localhost:" + std::to_string(settings.http.listen.front().port);
    }
    return bound;
}

}  // namespace numproof
