// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/chain_verifier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "daemon/audit/audit_chain.h"

namespace numproof {
namespace {

constexpr std::string_view kPrevMember = R"("prev":")";
constexpr std::size_t kHashSize = 64;
constexpr std::size_t kPrevTail = kHashSize + 2;  // The hash, its quote and the brace.

struct Event {
    std::uint64_t sequence = 0;
    std::size_t position = 0;
    std::string_view prev;
    const AuditRecord* record = nullptr;
};

/// `prev`, which is always the last member.
std::optional<std::string_view> prev_of(std::string_view value) {
    if (value.size() < kPrevMember.size() + kPrevTail || !value.ends_with("\"}")) {
        return std::nullopt;
    }
    const auto tail = value.substr(value.size() - kPrevTail - kPrevMember.size());
    if (!tail.starts_with(kPrevMember)) {
        return std::nullopt;
    }
    return tail.substr(kPrevMember.size(), kHashSize);
}

std::optional<std::uint64_t> sequence_of(const AuditRecord& record) {
    const auto text = header_of(record, "ce_sequence");
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && value > 0;
    return good ? std::optional{value} : std::nullopt;
}

bool has_identity(const AuditRecord& record) {
    return std::ranges::all_of(
        std::to_array<std::string_view>({"ce_source", "ce_id", "ce_type", "ce_time"}),
        [&](std::string_view name) { return !header_of(record, name).empty(); }
    );
}

/// Checks the events of one source.
class SourceVerifier {
public:
    SourceVerifier(const Crypto& crypto, const KeyRing& keys, std::string source)
        : crypto_(crypto), keys_(keys), source_(std::move(source)) {}

    void verify(std::vector<Event> events, DumpOrder order, ChainReport& report) {
        if (order == DumpOrder::as_written) {
            check_order(events, report);
        }
        std::ranges::stable_sort(events, {}, &Event::sequence);
        for (const auto& event : events) {
            check(event, report);
        }
        report.unsealed += unsealed_;
    }

private:
    void check_order(const std::vector<Event>& events, ChainReport& report) const {
        std::uint64_t newest = 0;
        std::map<std::uint64_t, bool> seen;
        for (const auto& event : events) {
            const bool again = !seen.emplace(event.sequence, true).second;
            if (event.sequence < newest && !again) {
                add(ChainFault::out_of_order, event, report);
            }
            newest = std::max(newest, event.sequence);
        }
    }

    void check(const Event& event, ChainReport& report) {
        if (event.sequence == sequence_) {
            check_repetition(event, report);
            return;
        }
        ++report.events;
        if (event.sequence != sequence_ + 1) {
            add(ChainFault::missing, event, report);
        } else if (event.prev != hash_) {
            add(ChainFault::broken_link, event, report);
        }
        if (header_of(*event.record, "ce_type") == type_of(AuditKind::checkpoint)) {
            check_checkpoint(event, report);
        } else {
            ++unsealed_;
        }
        sequence_ = event.sequence;
        hash_ = chain_hash(crypto_, *event.record);
    }

    void check_repetition(const Event& event, ChainReport& report) const {
        if (chain_hash(crypto_, *event.record) == hash_) {
            ++report.repeated;
        } else {
            add(ChainFault::forked, event, report);
        }
    }

    void check_checkpoint(const Event& event, ChainReport& report) {
        const ChainHead head{
            .source = source_, .sequence = event.sequence - 1, .hash = std::string{event.prev}};
        const auto& value = event.record->value;
        const auto key = std::ranges::find_if(keys_, [&](const NamedKey& one) {
            return value.find(R"("key_id":")" + one.id + '"') != std::string::npos;
        });
        if (keys_.empty()) {
            unsealed_ = 0;
        } else if (key == keys_.end()) {
            add(ChainFault::unknown_key, event, report);
        } else if (value != with_previous(checkpoint_data(crypto_, *key, head), event.prev)) {
            add(ChainFault::wrong_checkpoint, event, report);
        } else {
            ++report.checkpoints;
            unsealed_ = 0;
        }
    }

    void add(ChainFault fault, const Event& event, ChainReport& report) const {
        report.findings.push_back(
            {.fault = fault,
             .source = source_,
             .sequence = event.sequence,
             .position = event.position}
        );
    }

    const Crypto& crypto_;
    const KeyRing& keys_;
    std::string source_;
    std::uint64_t sequence_ = 0;
    std::string hash_ = no_previous();
    std::size_t unsealed_ = 0;
};

using EventsBySource = std::map<std::string, std::vector<Event>>;

EventsBySource by_source(std::span<const AuditRecord> records, ChainReport& report) {
    EventsBySource sorted;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& record = records[i];
        std::string source{header_of(record, "ce_source")};
        const auto sequence = sequence_of(record);
        const auto prev = prev_of(record.value);
        if (!has_identity(record) || !sequence || !prev) {
            report.findings.push_back(
                {.fault = ChainFault::malformed,
                 .source = std::move(source),
                 .sequence = sequence.value_or(0),
                 .position = i}
            );
            continue;
        }
        sorted[source].push_back(
            {.sequence = *sequence, .position = i, .prev = *prev, .record = &record}
        );
    }
    return sorted;
}

}  // namespace

std::string_view name_of(ChainFault fault) noexcept {
    switch (fault) {
        case ChainFault::malformed:
            return "malformed";
        case ChainFault::missing:
            return "missing";
        case ChainFault::broken_link:
            return "broken_link";
        case ChainFault::forked:
            return "forked";
        case ChainFault::out_of_order:
            return "out_of_order";
        case ChainFault::wrong_checkpoint:
            return "wrong_checkpoint";
        case ChainFault::unknown_key:
            return "unknown_key";
    }
    return "";
}

ChainReport verify_chain(
    const Crypto& crypto, const KeyRing& keys, std::span<const AuditRecord> records, DumpOrder order
) {
    ChainReport report;
    auto sorted = by_source(records, report);
    report.sources = sorted.size();
    for (auto& [source, events] : sorted) {
        SourceVerifier verifier{crypto, keys, source};
        verifier.verify(std::move(events), order, report);
    }
    return report;
}

}  // namespace numproof
