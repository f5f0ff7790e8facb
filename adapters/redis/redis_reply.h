// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

struct redisReader;

namespace numproof {

/// One reply of Redis (RESP2).
struct RedisReply {
    enum class Kind : std::uint8_t { nil, integer, text, status, error, list };

    Kind kind = Kind::nil;
    std::int64_t integer = 0;       ///< integer
    std::string text;               ///< text, status, error
    std::vector<RedisReply> items;  ///< list

    bool operator==(const RedisReply&) const = default;
};

/// Cuts a stream of octets into replies. What does not look like Redis, or is larger than
/// anything that we ask for, is `malformed`: the connection is useless then.
class RedisReplyReader {
public:
    /// More octets without a whole reply are not Redis any more.
    static constexpr std::size_t kReplyMax = 64U * 1024 * 1024;
    static constexpr int kItemsMax = 65'536;

    RedisReplyReader();
    ~RedisReplyReader();
    RedisReplyReader(const RedisReplyReader&) = delete;
    RedisReplyReader& operator=(const RedisReplyReader&) = delete;

    /// Adds octets as they arrive.
    [[nodiscard]] Result<void> feed(std::string_view octets);

    /// The next whole reply; nullopt if more octets are needed.
    [[nodiscard]] Result<std::optional<RedisReply>> next();

private:
    struct Freer {
        void operator()(redisReader* reader) const noexcept;
    };

    RedisReply made_;  // The reply that the reader is making.
    std::unique_ptr<redisReader, Freer> reader_;
    std::size_t pending_ = 0;  // Octets since the last whole reply.
};

}  // namespace numproof
