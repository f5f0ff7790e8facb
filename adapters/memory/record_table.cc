// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/record_table.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "daemon/base/check.h"

namespace numproof {
namespace {

// A cell: the hash but for the bits that chose the bucket (6 octets), when it expires (5, ms), the
// size of its value (1 to 5, seven bits each), revision (8), value.
constexpr unsigned kBucketBits = 16;
constexpr std::size_t kTailSize = 6;
constexpr std::size_t kTimeSize = 5;
constexpr std::size_t kRevisionSize = 8;
constexpr std::uint64_t kTimeMax = (1ULL << (8 * kTimeSize)) - 1;

/// No record has this tail and is dropped: tails have 48 bits.
constexpr std::uint64_t kNobody = std::numeric_limits<std::uint64_t>::max();

// How far a put() looks for what is dead: some buckets, and not too many empty ones.
constexpr std::size_t kSweptAtOnce = 2;
constexpr std::size_t kPassedAtOnce = 128;

std::uint64_t load(const char* from, std::size_t size) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, from, size);
    return value;
}

void append(Bytes& to, std::uint64_t value, std::size_t size) {
    char octets[sizeof value];
    std::memcpy(octets, &value, sizeof value);
    to.append(octets, size);
}

Bytes make_cell(std::uint64_t tail, std::uint64_t expires, const Record& record) {
    Bytes cell;
    cell.reserve(kTailSize + kTimeSize + 2 + kRevisionSize + record.value.size());
    append(cell, tail, kTailSize);
    append(cell, expires, kTimeSize);
    auto left = record.value.size();
    for (; left >= 0x80; left >>= 7U) {
        cell.push_back(static_cast<char>(left | 0x80U));
    }
    cell.push_back(static_cast<char>(left));
    return cell + record.revision + record.value;
}

}  // namespace

struct RecordTable::Cell {
    std::uint64_t tail;
    std::uint64_t expires;
    std::size_t size;  ///< Of the whole cell.
    Found found;
};

RecordTable::RecordTable(SipKey secret, MonoTime start)
    : secret_(secret), start_(start), buckets_(std::size_t{1} << kBucketBits) {}

std::uint64_t RecordTable::time_of(MonoTime instant) const noexcept {
    const auto ms = std::chrono::duration_cast<Milliseconds>(instant - start_).count();
    return std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(0, ms)), kTimeMax);
}

RecordTable::Cell RecordTable::cell_at(const Bucket& bucket, std::size_t offset) noexcept {
    const char* const begin = bucket.block.get() + offset;
    const char* at = begin + kTailSize + kTimeSize;
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto octet = static_cast<unsigned char>(*at++);
        value |= static_cast<std::size_t>(octet & 0x7FU) << shift;
        if ((octet & 0x80U) == 0) {
            break;
        }
    }
    return {
        .tail = load(begin, kTailSize),
        .expires = load(begin + kTailSize, kTimeSize),
        .size = static_cast<std::size_t>(at - begin) + kRevisionSize + value,
        .found = {.revision = {at, kRevisionSize}, .value = {at + kRevisionSize, value}}};
}

std::optional<RecordTable::Found> RecordTable::find(std::string_view key, MonoTime now) const {
    const auto hash = sip_hash(secret_, key);
    const auto& bucket = buckets_[hash >> (64 - kBucketBits)];
    const auto tail = hash & ((1ULL << (8 * kTailSize)) - 1);
    for (std::size_t at = 0; at < bucket.size;) {
        const auto cell = cell_at(bucket, at);
        if (cell.tail == tail) {
            return cell.expires > time_of(now) ? std::optional{cell.found} : std::nullopt;
        }
        at += cell.size;
    }
    return std::nullopt;
}

void RecordTable::put(std::string_view key, const Record& record, MonoTime expires, MonoTime now) {
    NP_CHECK(record.revision.size() == kRevisionSize);
    const auto hash = sip_hash(secret_, key);
    const auto tail = hash & ((1ULL << (8 * kTailSize)) - 1);
    rewrite(
        buckets_[hash >> (64 - kBucketBits)],
        tail,
        time_of(now),
        make_cell(tail, time_of(expires), record)
    );
    sweep(time_of(now));
}

void RecordTable::sweep(std::uint64_t now) {
    std::size_t swept = 0;
    for (std::size_t passed = 0; passed < kPassedAtOnce && swept < kSweptAtOnce; ++passed) {
        next_swept_ = (next_swept_ + 1) % buckets_.size();
        if (buckets_[next_swept_].size > 0) {
            ++swept;
            rewrite(buckets_[next_swept_], kNobody, now, {});
        }
    }
}

// Keeps the living cells but the one with the tail `dropped`, and puts `added` behind them.
void RecordTable::rewrite(
    Bucket& bucket, std::uint64_t dropped, std::uint64_t now, std::string_view added
) {
    std::vector<std::string_view> kept;
    std::size_t left = 0;
    std::size_t gone = 0;
    for (std::size_t at = 0; at < bucket.size;) {
        const auto cell = cell_at(bucket, at);
        if (cell.tail == dropped || cell.expires <= now) {
            ++gone;
        } else {
            kept.emplace_back(bucket.block.get() + at, cell.size);
            left += cell.size;
        }
        at += cell.size;
    }
    if (gone == 0 && added.empty()) {
        return;
    }
    const auto size = left + added.size();
    NP_CHECK(size <= std::numeric_limits<std::uint32_t>::max());
    auto block = size > 0 ? std::make_unique_for_overwrite<char[]>(size) : nullptr;
    char* to = block.get();
    for (const auto& cell : kept) {
        to = std::ranges::copy(cell, to).out;
    }
    std::ranges::copy(added, to);
    bucket.block = std::move(block);
    bucket.size = static_cast<std::uint32_t>(size);
    size_ += (added.empty() ? 0U : 1U);
    size_ -= gone;
}

}  // namespace numproof
