// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/inherited_sockets.h"

#include <algorithm>
#include <utility>

#include "adapters/systemd/notifier.h"

namespace numproof {

Result<InheritedSockets> InheritedSockets::from_service_manager() {
    auto given = listen_fds();
    if (!given) {
        return pass_on(given);
    }
    std::vector<ListeningSocket> sockets;
    for (const auto& one : *given) {
        auto adopted = adopt_listening(one.fd, 1);
        if (!adopted) {
            return pass_on(adopted);
        }
        sockets.push_back(std::move(adopted->front()));
    }
    return InheritedSockets{std::move(sockets)};
}

bool InheritedSockets::has(const ListenAddress& address) const {
    return std::ranges::any_of(sockets_, [&](const ListeningSocket& socket) {
        return socket.address() == address;
    });
}

Result<std::vector<std::vector<ListeningSocket>>> InheritedSockets::take(
    const ListenAddress& address, std::size_t count
) {
    const auto theirs = std::ranges::stable_partition(sockets_, [&](const ListeningSocket& socket) {
        return !(socket.address() == address);
    });
    const std::size_t found = theirs.size();
    std::vector<std::vector<ListeningSocket>> workers(count);
    std::size_t nth = 0;
    for (auto& socket : theirs) {
        // Each worker has one at least, and each socket a worker at least.
        const auto shares = found >= count ? 1 : (count - nth + found - 1) / found;
        auto copies = adopt_listening(socket.release(), shares);
        if (!copies) {
            return pass_on(copies);
        }
        for (std::size_t i = 0; i < copies->size(); ++i) {
            workers[(nth + i * found) % count].push_back(std::move((*copies)[i]));
        }
        ++nth;
    }
    sockets_.erase(theirs.begin(), theirs.end());
    return workers;
}

std::vector<std::string> InheritedSockets::left() const {
    std::vector<std::string> addresses;
    addresses.reserve(sockets_.size());
    for (const auto& socket : sockets_) {
        addresses.push_back(to_text(socket.address()));
    }
    return addresses;
}

}  // namespace numproof
