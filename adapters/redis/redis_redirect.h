// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/redis/redis_reply.h"

namespace numproof {

/// What an error reply of a Cluster's node says about where a command belongs. With any of them
/// but `none` the command was not executed, so that it may be sent again.
struct RedisRedirect {
    enum class Kind : std::uint8_t {
        none,          ///< An answer: a value, or an error about something else.
        moved,         ///< Slot `slot` belongs to `address`.
        ask,           ///< This once `address` has to be asked, with ASKING before it.
        try_again,     ///< The keys lie on two nodes at this moment: their slot is being moved.
        cluster_down,  ///< The node does not serve: a part of the Cluster is missing for it.
        starting       ///< The node reads its data, or has lost its primary.
    };

    Kind kind = Kind::none;
    std::uint16_t slot = 0;  ///< moved, ask
    std::string address;     ///< moved, ask; `host:port`

    bool operator==(const RedisRedirect&) const = default;
};

/// Reads the reply that the node at `asked` gave: where a redirection names no host, it means that
/// of `asked`. A redirection that cannot be followed, because it is none by its form, is `none`.
[[nodiscard]] RedisRedirect read_redirect(const RedisReply& reply, std::string_view asked);

}  // namespace numproof
