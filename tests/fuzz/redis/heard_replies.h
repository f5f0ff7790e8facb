// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis/redis_reply.h"

namespace numproof {

/// What was made of a stream.
struct Heard {
    std::vector<RedisReply> replies;
    bool broken = false;
};

/// The replies in `octets`, which arrive in pieces of `piece`.
inline Heard hear(std::string_view octets, std::size_t piece) {
    Heard heard;
    RedisReplyReader reader;
    while (!octets.empty() && !heard.broken) {
        if (!reader.feed(octets.substr(0, piece))) {
            heard.broken = true;
            break;
        }
        octets.remove_prefix(std::min(piece, octets.size()));
        auto reply = reader.next();
        for (; reply && *reply; reply = reader.next()) {
            heard.replies.push_back(std::move(**reply));
        }
        heard.broken = !reply;
    }
    return heard;
}

/// A plain look at `host:port`: a name or an address of a length that a resolver takes, IPv6 in
/// brackets, and a port that can be connected to.
inline bool could_be_connected_to(std::string_view address) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const auto port = address.substr(colon + 1);
    auto host = address.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    int number = 0;
    for (const char c : port) {
        if (c < '0' || c > '9' || number > 65'535) {
            return false;
        }
        number = number * 10 + (c - '0');
    }
    constexpr std::string_view kOdd = " /\\\"'[]{}<>@?#&=;,*!$()|^`~+";
    const bool plain = std::ranges::all_of(host, [&](char c) {
        return c > 0x20 && c < 0x7F && kOdd.find(c) == std::string_view::npos;
    });
    const bool is_v6 = host.find(':') != std::string_view::npos;
    return plain && !host.empty() && host.size() <= 255 && is_v6 == bracketed && number >= 1 &&
           number <= 65'535 && port.front() != '0';
}

}  // namespace numproof
