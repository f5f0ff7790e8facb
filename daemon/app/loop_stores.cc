// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/loop_stores.h"

#include "adapters/memory/memory_grant_store.h"
#include "adapters/memory/memory_record_store.h"
#include "adapters/redis/redis_grant_store.h"
#include "adapters/redis/redis_key_walk.h"
#include "adapters/redis/redis_record_store.h"

namespace numproof {
namespace {

std::string address_text(const HostPort& address) {
    if (!address.unix_path.empty()) {
        return "unix:" + address.unix_path;
    }
    const bool v6 = address.host.find(':') != std::string::npos;
    const auto host = v6 ? "[" + address.host + "]" : address.host;
    return host + ":" + std::to_string(address.port);
}

RedisMode mode_of(RedisSetup setup) {
    switch (setup) {
        case RedisSetup::standalone:
            return RedisMode::standalone;
        case RedisSetup::sentinel:
            return RedisMode::sentinel;
        case RedisSetup::cluster:
            return RedisMode::cluster;
    }
    return RedisMode::standalone;
}

}  // namespace

RedisOptions redis_options_of(const Edition& edition) {
    const auto& redis = edition.settings.directory.redis;
    std::vector<std::string> addresses;
    for (const auto& address : redis.addresses) {
        addresses.push_back(address_text(address));
    }
    return {
        .mode = mode_of(redis.mode),
        .addresses = std::move(addresses),
        .sentinel =
            {.master_name = redis.master_name,
             .username = redis.sentinel_username,
             .password = edition.passwords.sentinel},
        .username = redis.username,
        .password = edition.passwords.redis,
        .tls = edition.redis_tls,
        .deadline = redis.deadline};
}

LoopStores::LoopStores(Foundation& foundation, EventLoop& loop, const Edition& edition) {
    if (edition.memory) {
        records_ = std::make_unique<MemoryRecordStore>(*edition.memory);
        grants_ = std::make_unique<MemoryGrantStore>(*edition.memory);
        return;
    }
    const RedisEnvironment environment{
        .base = loop.base(),
        .clock = foundation.clock,
        .log = *foundation.log,
        .metrics = foundation.redis};
    redis_ = std::make_unique<RedisClient>(environment, redis_options_of(edition));
    records_ = std::make_unique<RedisRecordStore>(*redis_);
    grants_ = std::make_unique<RedisGrantStore>(*redis_);
    walk_ = std::make_unique<RedisKeyWalk>(*redis_);
    redis_->open();
}

LoopStores::~LoopStores() = default;

void LoopStores::close() {
    if (redis_) {
        redis_->close();
    }
}

std::optional<std::string> LoopStores::refusal() const {
    if (!redis_ || !redis_->refusal()) {
        return std::nullopt;
    }
    return redis_->refusal()->detail;
}

}  // namespace numproof
