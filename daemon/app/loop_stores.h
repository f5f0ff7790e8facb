// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/redis/redis_client.h"
#include "daemon/app/foundation.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/key_walk.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// The directory's store as one loop sees it: views of the memory store, or a Redis connection of
/// the loop's own. Made and destroyed on it, or while it does not run; used on it. The edition
/// outlives it.
class LoopStores {
public:
    LoopStores(Foundation& foundation, EventLoop& loop, const Edition& edition);
    ~LoopStores();
    LoopStores(const LoopStores&) = delete;
    LoopStores& operator=(const LoopStores&) = delete;

    /// Tells whoever still waits that the store is gone. Nothing may be asked afterwards.
    void close();

    [[nodiscard]] RecordStore& records() noexcept { return *records_; }

    [[nodiscard]] GrantStore& grants() noexcept { return *grants_; }

    /// nullptr: the store keeps nothing longer than this process lives.
    [[nodiscard]] KeyWalk* walk() noexcept { return walk_.get(); }

    /// Why Redis will not be used until the operator changes something; nullopt if all is well.
    [[nodiscard]] std::optional<std::string> refusal() const;

private:
    std::unique_ptr<RedisClient> redis_;
    std::unique_ptr<RecordStore> records_;
    std::unique_ptr<GrantStore> grants_;
    std::unique_ptr<KeyWalk> walk_;
};

/// How the edition's Redis is reached.
[[nodiscard]] RedisOptions redis_options_of(const Edition& edition);

}  // namespace numproof
