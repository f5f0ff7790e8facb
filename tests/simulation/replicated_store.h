// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/memory/memory_store.h"
#include "tests/simulation/virtual_loop.h"

namespace numproof::sim {

/// The store of a world: the product's own store in memory, with standbys that follow it at a
/// distance, as replicas do. A failover loses what had not reached them.
class ReplicatedStore {
public:
    ReplicatedStore(const VirtualLoop& loop, const Clock& clock, Milliseconds lag);

    [[nodiscard]] MemoryStore& primary() { return *primary_; }

    /// Makes `write` on the primary now, and on the standbys after the lag.
    template <typename Write>
    auto write(Write write) {
        follow();
        journal_.push_back({loop_.now(), [write](MemoryStore& standby) { (void)write(standby); }});
        return write(*primary_);
    }

    /// A standby takes over. False if there is none left.
    bool fail_over();

    /// The store comes back with nothing in it.
    void wipe();

    /// Somebody exchanges two records as they lie there. False if one of them is not there.
    bool exchange(const std::string& a, const std::string& b);

    /// Somebody cuts a record's value short.
    bool truncate(const std::string& key);

    /// Somebody deletes a record.
    bool remove(const std::string& key);

    bool down = false;              ///< Nobody reaches it.
    unsigned tokens_exchanged = 0;  ///< Percent of tokens that get another one's sealed part.
    std::map<std::string, Bytes> sealed_instead;  ///< By the token's name, in hexadecimal.

private:
    void follow();
    bool overwrite(const std::string& key, Record record, Milliseconds keep);

    const VirtualLoop& loop_;
    const Clock& clock_;
    Milliseconds lag_;
    std::unique_ptr<MemoryStore> primary_;
    std::vector<std::unique_ptr<MemoryStore>> standbys_;
    std::deque<std::pair<MonoTime, std::function<void(MemoryStore&)>>> journal_;
};

}  // namespace numproof::sim
