// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/connection_counts.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr unsigned kCallerBits = 64;  // what one IPv6 caller is given, and can choose from freely

IpAddress caller_of(const SourceEndpoint& peer) {
    return peer.address.family() == IpAddress::Family::v6 ? peer.address.masked(kCallerBits)
                                                          : peer.address;
}

/// The peer of a path has no port, and no address to count by.
bool has_address(const SourceEndpoint& peer) {
    return peer.port != 0;
}

}  // namespace

void ConnectionCounts::bound_by(ConnectionCaps caps) {
    const std::lock_guard lock{mutex_};
    caps_ = caps;
}

ConnectionCounts::Verdict ConnectionCounts::enter(const SourceEndpoint& peer) {
    const std::lock_guard lock{mutex_};
    const auto room_to_say_so = std::max<std::size_t>(16, caps_.total / 16);
    if (total_ >= caps_.total + room_to_say_so) {
        return Verdict::turned_away;
    }
    if (has_address(peer)) {
        auto& count = by_address_[caller_of(peer)];
        if (count >= caps_.per_address) {
            return Verdict::turned_away;
        }
        ++count;
    }
    return ++total_ > caps_.total ? Verdict::overloaded : Verdict::welcome;
}

void ConnectionCounts::leave(const SourceEndpoint& peer) {
    const std::lock_guard lock{mutex_};
    --total_;
    if (!has_address(peer)) {
        return;
    }
    const auto found = by_address_.find(caller_of(peer));
    if (found != by_address_.end() && --found->second == 0) {
        by_address_.erase(found);
    }
}

std::size_t ConnectionCounts::total() const {
    const std::lock_guard lock{mutex_};
    return total_;
}

}  // namespace numproof
