// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_writes.h"

namespace numproof {
namespace {

std::string_view trouble_of(std::string_view word) {
    if (word == "OOM") {
        return "Redis is full and refuses writes (OOM): raise its maxmemory (CONFIG SET maxmemory "
               "and redis.conf), or give it a machine with more memory";
    }
    if (word == "MISCONF") {
        return "Redis refuses writes because it cannot save to its disk (MISCONF): see its log";
    }
    if (word == "NOREPLICAS") {
        return "Redis refuses writes because too few replicas are in step (NOREPLICAS): look at "
               "them, or lower min-replicas-to-write";
    }
    return {};
}

}  // namespace

bool RedisWrites::note_refusal(std::string_view word, MonoTime now) {
    const auto trouble = trouble_of(word);
    if (trouble.empty()) {
        return false;
    }
    const std::lock_guard lock{mutex_};
    trouble_ = trouble;
    last_ = now;
    return !refused_.exchange(true);
}

bool RedisWrites::note_calm(MonoTime now) {
    if (!are_refused()) {
        return false;
    }
    const std::lock_guard lock{mutex_};
    return now - last_ >= kBelievedFor && refused_.exchange(false);
}

std::optional<std::string> RedisWrites::trouble(MonoTime now) const {
    if (!are_refused()) {
        return std::nullopt;
    }
    const std::lock_guard lock{mutex_};
    return now - last_ < kBelievedFor ? std::optional{std::string{trouble_}} : std::nullopt;
}

}  // namespace numproof
