// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_reply.h"

#include <new>
#include <utility>

#include <hiredis/read.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

/// Where hiredis wants the object of `task`: in its parent's list, or at the place for a whole
/// reply, which is the reader's private data.
RedisReply* place(const redisReadTask* task) noexcept {
    if (!task->parent) {
        auto* const whole = static_cast<RedisReply*>(task->privdata);
        *whole = RedisReply{};
        return whole;
    }
    auto* const parent = static_cast<RedisReply*>(task->parent->obj);
    return &parent->items[static_cast<std::size_t>(task->idx)];
}

RedisReply::Kind text_kind(int type) {
    if (type == REDIS_REPLY_ERROR) {
        return RedisReply::Kind::error;
    }
    return type == REDIS_REPLY_STATUS ? RedisReply::Kind::status : RedisReply::Kind::text;
}

// hiredis takes nullptr for "out of memory" and gives up; no exception may pass through it.
void* create_string(const redisReadTask* task, char* octets, std::size_t size) noexcept try {
    auto* const made = place(task);
    made->kind = text_kind(task->type);
    made->text.assign(octets, size);
    return made;
} catch (const std::bad_alloc&) {
    return nullptr;
}

void* create_list(const redisReadTask* task, int count) noexcept try {
    if (count < 0 || count > RedisReplyReader::kItemsMax) {
        return nullptr;
    }
    auto* const made = place(task);
    made->kind = RedisReply::Kind::list;
    made->items.resize(static_cast<std::size_t>(count));
    return made;
} catch (const std::bad_alloc&) {
    return nullptr;
}

void* create_integer(const redisReadTask* task, long long value) noexcept {
    auto* const made = place(task);
    made->kind = RedisReply::Kind::integer;
    made->integer = value;
    return made;
}

void* create_nil(const redisReadTask* task) noexcept {
    return place(task);
}

void free_reply(void*) noexcept {}  // It lies in the RedisReplyReader.

redisReplyObjectFunctions* creators() {
    static redisReplyObjectFunctions functions{
        .createString = create_string,
        .createArray = create_list,
        .createInteger = create_integer,
        .createNil = create_nil,
        .freeObject = free_reply};
    return &functions;
}

tl::unexpected<Error> not_redis(const redisReader& reader) {
    return fail(ErrorCode::malformed, std::string{"not a reply of Redis: "} + reader.errstr);
}

}  // namespace

void RedisReplyReader::Freer::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

RedisReplyReader::RedisReplyReader() : reader_(redisReaderCreateWithFunctions(creators())) {
    NP_CHECK(reader_ != nullptr);
    reader_->privdata = &made_;
}

RedisReplyReader::~RedisReplyReader() = default;

Result<void> RedisReplyReader::feed(std::string_view octets) {
    pending_ += octets.size();
    if (pending_ > kReplyMax) {
        return fail(ErrorCode::malformed, "reply of Redis is too large");
    }
    if (redisReaderFeed(reader_.get(), octets.data(), octets.size()) != REDIS_OK) {
        return not_redis(*reader_);
    }
    return {};
}

Result<std::optional<RedisReply>> RedisReplyReader::next() {
    void* made = nullptr;
    if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK) {
        return not_redis(*reader_);
    }
    if (!made) {
        return std::nullopt;
    }
    pending_ = reader_->len - reader_->pos;
    return std::move(made_);
}

}  // namespace numproof
