// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/generation_keeper.h"

#include <algorithm>

#include "daemon/domain/store_keys.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/generation_marker.h"

namespace numproof {
namespace {

constexpr std::size_t kIdOctets = 8;
constexpr std::size_t kSecretOctets = 32;

WatermarkRecord joined(const WatermarkRecord& stored, WatermarkRecord record) {
    if (stored.generation == record.generation && stored.incarnation == record.incarnation) {
        record.watermark = std::max(record.watermark, stored.watermark);
        record.next = std::max(record.next, stored.next);
        record.anchor = std::max(record.anchor, stored.anchor);
        record.usable = std::max(record.usable, stored.usable);
    }
    return record;
}

}  // namespace

Task<Result<GenerationRecord>> GenerationKeeper::agree(
    std::string lost, Strange strange, Deadline deadline
) {
    GenerationRecord agreed;
    std::optional<Error> missing;
    RecordChange change{.key = store_keys::generation(), .make = nullptr};
    change.make = [&](const std::optional<Record>& current) -> std::optional<NewRecord> {
        auto known = current ? open_marker(parts_.vault, *current) : fail(ErrorCode::malformed, "");
        missing.reset();
        if (known && known->id != lost) {
            agreed = std::move(*known);
            const bool to_seal = !met_ && key_of_marker(*current) != parts_.vault.key_id();
            return to_seal ? std::optional{make(agreed)} : std::nullopt;
        }
        if (!known && known.error().code == ErrorCode::key_missing && strange == Strange::leave) {
            missing = std::move(known.error());
            return std::nullopt;
        }
        agreed = begin();
        return make(agreed);
    };
    std::vector<RecordChange> changes;
    changes.push_back(std::move(change));
    auto done = co_await change_records(parts_.store, parts_.clock, std::move(changes), deadline);
    if (!done) {
        co_return pass_on(done);
    }
    if (missing) {
        co_return tl::unexpected(std::move(*missing));
    }
    met_ = true;
    parts_.vault.adopt(agreed.id, agreed.secret);
    co_return agreed;
}

Task<Result<bool>> GenerationKeeper::complete(
    GenerationRecord generation,
    std::map<std::string, std::int32_t> partitions,
    std::string incarnation,
    Deadline deadline
) {
    if (generation.phase == GenerationRecord::Phase::building) {
        auto all = all_partitions(partitions);
        auto watermarks = co_await read(std::move(all), deadline);
        if (!watermarks) {
            co_return pass_on(watermarks);
        }
        const bool ready = !watermarks->empty() && std::ranges::all_of(*watermarks, [&](auto& w) {
            return w && w->generation == generation.id && w->incarnation == incarnation;
        });
        if (!ready) {
            co_return false;
        }
    }
    const GenerationRecord whole{
        .id = generation.id,
        .secret = generation.secret,
        .phase = GenerationRecord::Phase::whole,
        .partitions = std::move(partitions)};
    bool is_whole = false;
    RecordChange change{.key = store_keys::generation(), .make = nullptr};
    change.make = [&](const std::optional<Record>& current) -> std::optional<NewRecord> {
        const auto known =
            current ? open_marker(parts_.vault, *current) : fail(ErrorCode::malformed, "");
        is_whole = known && known->id == whole.id;
        const bool said =
            is_whole && known->phase == whole.phase && known->partitions == whole.partitions;
        return is_whole && !said ? std::optional{make(whole)} : std::nullopt;
    };
    std::vector<RecordChange> changes;
    changes.push_back(std::move(change));
    auto done = co_await change_records(parts_.store, parts_.clock, std::move(changes), deadline);
    if (!done) {
        co_return pass_on(done);
    }
    co_return is_whole;
}

Task<Result<std::vector<std::optional<WatermarkRecord>>>> GenerationKeeper::read(
    std::vector<TopicPartition> partitions, Deadline deadline
) {
    std::vector<std::string> keys;
    for (const auto& at : partitions) {
        keys.push_back(store_keys::watermark(at));
    }
    auto records = co_await parts_.store.read(std::move(keys), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    std::vector<std::optional<WatermarkRecord>> watermarks;
    for (const auto& record : *records) {
        auto parsed =
            record ? parse_watermark_record(record->value) : fail(ErrorCode::malformed, "none");
        watermarks.push_back(parsed ? std::optional{std::move(*parsed)} : std::nullopt);
    }
    co_return watermarks;
}

Task<Result<void>> GenerationKeeper::advance(
    std::map<TopicPartition, WatermarkRecord> records, Deadline deadline
) {
    std::vector<RecordChange> changes;
    for (const auto& [at, record] : records) {
        RecordChange change{.key = store_keys::watermark(at), .make = nullptr};
        change.make = [this, &record = record](const auto& current) -> std::optional<NewRecord> {
            const auto stored = current ? parse_watermark_record(current->value)
                                        : fail(ErrorCode::malformed, "none");
            const auto made = stored ? joined(*stored, record) : record;
            if (stored && made == *stored) {
                return std::nullopt;
            }
            return NewRecord{.record = seal_.open_to_all(to_stored(made)), .keep = kSubscriberLife};
        };
        changes.push_back(std::move(change));
    }
    co_return co_await change_records(parts_.store, parts_.clock, std::move(changes), deadline);
}

NewRecord GenerationKeeper::make(const GenerationRecord& generation) const {
    return {.record = sealed_marker(parts_.vault, generation), .keep = kSubscriberLife};
}

GenerationRecord GenerationKeeper::begin() const {
    const auto& crypto = parts_.vault.crypto();
    return {
        .id = to_hex(crypto.random(kIdOctets)),
        .secret = SecretKey{crypto.random(kSecretOctets)},
        .partitions = {}};
}

}  // namespace numproof
