// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/redis/redis_redirect.h"
#include "adapters/redis/redis_reply.h"
#include "daemon/base/time.h"

namespace numproof {

/// The way of one command through a Cluster: says after each reply what has to be done next. It
/// follows nothing but answers that say that the command was not executed. Pure.
class RedisCourse {
public:
    /// More MOVED than these are no Cluster that settles.
    static constexpr int kMovedMax = 16;

    /// So many redirections are followed without a pause. Two nodes that send a command to each
    /// other have not heard yet that a slot has been moved, and need a moment.
    static constexpr int kRedirectsAtOnce = 4;

    enum class Step : std::uint8_t {
        done,         ///< The reply is the answer.
        send,         ///< To `target()`, at once.
        ask,          ///< To `target()`, at once, with ASKING before it.
        wait,         ///< After pause(), to whoever has the slot then.
        wait_for_map  ///< The same; and the map has to be read again.
    };

    /// Takes the reply of the node at `asked`.
    [[nodiscard]] Step take(const RedisReply& reply, std::string_view asked);

    /// The command was not sent: its node is not ready, or not known.
    void note_wait() noexcept;

    [[nodiscard]] const RedisRedirect& redirect() const noexcept { return redirect_; }

    [[nodiscard]] const std::string& target() const noexcept { return redirect_.address; }

    /// True if there were too many redirections: the last reply is no answer, and none will come.
    [[nodiscard]] bool lost() const noexcept { return moved_ > kMovedMax; }

    /// How long to wait now: longer from time to time, never long.
    [[nodiscard]] Milliseconds pause() const noexcept;

private:
    [[nodiscard]] Step after_redirect(Step at_once) noexcept;

    RedisRedirect redirect_;
    int moved_ = 0;
    int redirects_ = 0;  // Since the last pause.
    int waits_ = 0;
};

}  // namespace numproof
