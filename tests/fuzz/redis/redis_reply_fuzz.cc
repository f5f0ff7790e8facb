// SPDX-License-Identifier: Apache-2.0
// Octets as Redis might send them, through everything that looks at its replies, and through the
// whole adapter while it is asked: no answer is ever the reply to another question. The first octet
// says in pieces of which size they arrive and whether a good greeting goes before; the second how
// many steps follow before the octets of Redis begin.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_handshake.h"
#include "adapters/redis/redis_value.h"
#include "daemon/base/check.h"
#include "tests/fuzz/redis/heard_replies.h"
#include "tests/fuzz/redis/redis_stand.h"

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

void greet(const std::vector<RedisReply>& replies) {
    static const RedisOptions options{};
    RedisHandshake handshake{options};
    for (const auto& reply : replies) {
        const auto peer = handshake.take(reply);
        if (!peer || *peer) {
            NP_CHECK(!peer || !(*peer)->incarnation.empty());
            return;
        }
    }
}

/// In whatever pieces the stream comes, it says the same.
void check_codec(std::string_view octets, std::size_t piece) {
    const auto whole = hear(octets, octets.size());
    const auto parted = hear(octets, piece);
    NP_CHECK(whole.replies == parted.replies && whole.broken == parted.broken);
    std::ranges::for_each(whole.replies, decode_everything);
    greet(whole.replies);
}

/// How often the server speaks at most, so that long streams in small pieces stay quick.
constexpr std::size_t kSayingsMax = 64;

/// What happens to the connection, an octet a step, while the server says `stream` piece by piece.
class Play {
public:
    Play(bool welcoming, std::string_view stream, std::size_t piece)
        : stand_(welcoming),
          stream_(stream),
          piece_(std::max(piece, stream.size() / kSayingsMax + 1)) {}

    void step(std::uint8_t what) {
        const auto amount = static_cast<std::size_t>(what >> 3U);
        const Milliseconds budget{amount == 0 ? 100 : static_cast<int>(amount) * 8};
        switch (what & 7U) {
            case 0:
            case 1:
                return stand_.ask(budget);
            case 2:
                return stand_.run(kRedisScripts.at(amount % kRedisScripts.size()), budget);
            case 3:
                return stand_.run_some(1 + amount % 4);
            case 4:
                return say(amount + 1);
            case 5:
                return amount < 24 ? stand_.pass_time(Milliseconds{amount * 4})
                                   : stand_.pass_to_timer();
            case 6:
                return stand_.ask_incarnation();
            default:
                return stand_.check_open();
        }
    }

    void end() {
        while (!stream_.empty()) {
            say(1);
        }
        stand_.check_open();
        stand_.close();
        stand_.check_answers();
    }

private:
    void say(std::size_t pieces) {
        const auto size = std::min(stream_.size(), pieces * piece_);
        stand_.say(stream_.substr(0, size));
        stream_.remove_prefix(size);
    }

    RedisStand stand_;
    std::string_view stream_;
    std::size_t piece_;
};

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    if (size < 2) {
        return 0;
    }
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const std::size_t piece = (data[0] & 127U) + std::size_t{1};
    const auto steps = octets.substr(2, data[1] & 63U);
    const auto stream = octets.substr(2 + steps.size());
    check_codec(stream, piece);
    Play play{(data[0] & 128U) != 0, stream, piece};
    for (const char step : steps) {
        play.step(static_cast<std::uint8_t>(step));
    }
    play.end();
    return 0;
}
