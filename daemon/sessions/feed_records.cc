// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/feed_records.h"

#include <limits>

#include "daemon/sessions/octets.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 2;
constexpr std::size_t kSecretSize = 32;

void hash_in(std::uint32_t& hash, std::string_view octets) {
    for (const char c : octets) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;  // FNV-1a
    }
}

}  // namespace

Bytes to_stored(const WatermarkRecord& record) {
    OctetWriter out;
    out.number(kForm).text(record.generation).text(record.incarnation).time(record.watermark);
    out.integer(record.next).integer(record.anchor).time(record.usable).text(record.reader);
    return out.take();
}

Bytes to_stored(const GenerationRecord& record) {
    OctetWriter out;
    out.number(kForm).text(record.id).text(record.secret.reveal());
    out.number(record.phase == GenerationRecord::Phase::whole ? 1 : 0);
    out.number(record.partitions.size());
    for (const auto& [topic, count] : record.partitions) {
        out.text(topic).integer(count);
    }
    return out.take();
}

Bytes to_stored(const LifeRecord& record) {
    OctetWriter out;
    out.number(kForm).text(record.incarnation).time(record.since);
    return out.take();
}

Result<WatermarkRecord> parse_watermark_record(std::string_view stored) {
    OctetReader in{stored};
    const bool ours = in.number() == kForm;
    WatermarkRecord record{
        .generation = std::string{in.text()},
        .incarnation = std::string{in.text()},
        .watermark = in.time(),
        .next = in.integer(),
        .anchor = in.integer(),
        .usable = in.time(),
        .reader = std::string{in.text()}};
    if (!ours || !in.whole()) {
        return fail(ErrorCode::malformed, "watermark record is broken");
    }
    return record;
}

Result<GenerationRecord> parse_generation_record(std::string_view stored) {
    OctetReader in{stored};
    const bool ours = in.number() == kForm;
    GenerationRecord record;
    record.id = std::string{in.text()};
    record.secret = SecretKey{std::string{in.text()}};
    record.phase =
        in.number() == 1 ? GenerationRecord::Phase::whole : GenerationRecord::Phase::building;
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        std::string topic{in.text()};
        const auto count = in.integer();
        if (count < 0 || count > std::numeric_limits<std::int32_t>::max()) {
            in.spoil();
        }
        record.partitions[std::move(topic)] = static_cast<std::int32_t>(count);
    }
    if (!ours || !in.whole() || record.id.empty() || record.secret.reveal().size() != kSecretSize) {
        return fail(ErrorCode::malformed, "generation marker is broken");
    }
    return record;
}

Result<LifeRecord> parse_life_record(std::string_view stored) {
    OctetReader in{stored};
    const bool ours = in.number() == kForm;
    LifeRecord record{.incarnation = std::string{in.text()}, .since = in.time()};
    if (!ours || !in.whole()) {
        return fail(ErrorCode::malformed, "record of the store's life is broken");
    }
    return record;
}

std::vector<TopicPartition> all_partitions(const std::map<std::string, std::int32_t>& partitions) {
    std::vector<TopicPartition> all;
    for (const auto& [topic, count] : partitions) {
        for (std::int32_t partition = 0; partition < count; ++partition) {
            all.push_back({.topic = topic, .partition = partition});
        }
    }
    return all;
}

std::uint32_t lane_of(const TopicPartition& at, std::string_view generation) {
    std::uint32_t hash = 2166136261U;
    hash_in(hash, generation);
    hash_in(hash, "/");
    hash_in(hash, at.topic);
    hash_in(hash, "/");
    hash_in(hash, std::to_string(at.partition));
    return hash;
}

}  // namespace numproof
