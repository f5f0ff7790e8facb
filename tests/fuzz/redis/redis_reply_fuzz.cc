// SPDX-License-Identifier: Apache-2.0
// Octets as Redis might send them, through everything that looks at its replies. The first octet
// says in pieces of which size they arrive.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_handshake.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_value.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

/// What we read as a grant must mean the same once we have written it.
void check_round_trip(const StoredGrant& grant) {
    const auto again = parse_grant(to_stored(grant));
    NP_CHECK(again.has_value() && *again == grant);
}

void decode_everything(const RedisReply& reply) {
    static_cast<void>(decode_records(reply, reply.items.size()));
    static_cast<void>(decode_replace(reply));
    static_cast<void>(decode_issue(reply));
    static_cast<void>(decode_set_if_absent(reply));
    static_cast<void>(is_noscript(reply));
    static_cast<void>(ends_connection(reply));
    static_cast<void>(refuse_errors(reply));
    if (const auto redeemed = decode_redeem(reply); redeemed && redeemed->code) {
        check_round_trip(*redeemed->code);
    }
    if (const auto claimed = decode_claim(reply); claimed && claimed->grant) {
        check_round_trip(*claimed->grant);
    }
    if (const auto revoked = decode_revoke(reply); revoked && *revoked) {
        check_round_trip(**revoked);
    }
}

void read_all(std::string_view octets, std::size_t piece) {
    static const RedisOptions options{};
    RedisReplyReader reader;
    RedisHandshake handshake{options};
    bool greeting = true;
    while (!octets.empty()) {
        if (!reader.feed(octets.substr(0, piece))) {
            return;
        }
        octets.remove_prefix(std::min(piece, octets.size()));
        auto reply = reader.next();
        for (; reply && *reply; reply = reader.next()) {
            decode_everything(**reply);
            if (greeting) {
                const auto peer = handshake.take(**reply);
                greeting = peer.has_value() && !peer->has_value();
            }
        }
        if (!reply) {
            return;
        }
    }
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 1) {
        const std::string_view octets{reinterpret_cast<const char*>(data), size};
        numproof::read_all(octets.substr(1), data[0] + std::size_t{1});
    }
    return 0;
}
