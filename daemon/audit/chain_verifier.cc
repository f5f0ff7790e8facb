// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/chain_verifier.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/audit/audit_chain.h"

namespace numproof {
namespace {

constexpr std::string_view kPrevMember = R"("prev":")";
constexpr std::size_t kHashSize = 64;
constexpr std::size_t kPrevTail = kHashSize + 2;  // The hash, its quote and the brace.

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
    // The hash covers the text: "01" would be another event at the same place.
    const bool good = error == std::errc{} && end == text.data() + text.size() && value > 0 &&
                      text.front() != '0';
    return good ? std::optional{value} : std::nullopt;
}

/// A line end would let one part of what is hashed pass for two.
bool has_identity(const AuditRecord& record) {
    constexpr std::array<std::string_view, 4> kNames{"ce_source", "ce_id", "ce_type", "ce_time"};
    return std::ranges::all_of(kNames, [&](std::string_view name) {
        const auto text = header_of(record, name);
        return !text.empty() && text.find('\n') == std::string_view::npos;
    });
}

/// Of two headers with one name each reader may take another one.
bool repeats_a_header(const AuditRecord& record) {
    const auto& headers = record.headers;
    for (auto one = headers.begin(); one != headers.end(); ++one) {
        const auto same = [&](const auto& other) { return other.first == one->first; };
        if (std::any_of(std::next(one), headers.end(), same)) {
            return true;
        }
    }
    return false;
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
        case ChainFault::not_as_kept:
            return "not_as_kept";
    }
    return "";
}

std::optional<ChainVerifier::Event> ChainVerifier::read(const AuditRecord& record) const {
    const auto sequence = sequence_of(record);
    const auto prev = prev_of(record.value);
    const bool well_formed = has_identity(record) && sequence && prev &&
                             record.key == header_of(record, "ce_partitionkey") &&
                             !repeats_a_header(record);
    if (!well_formed) {
        return std::nullopt;
    }
    Event event;
    event.sequence = *sequence;
    std::ranges::copy(*prev, event.prev.begin());
    std::ranges::copy(chain_hash(crypto_, record), event.own.begin());
    event.seal = judge_seal(record, event);
    return event;
}

ChainVerifier::Seal ChainVerifier::judge_seal(const AuditRecord& record, const Event& event) const {
    if (header_of(record, "ce_type") != type_of(AuditKind::checkpoint)) {
        return Seal::none;
    }
    if (keys_.empty()) {
        return Seal::not_checked;
    }
    const auto key = std::ranges::find_if(keys_, [&](const NamedKey& one) {
        return record.value.find(R"("key_id":")" + one.id + '"') != std::string::npos;
    });
    if (key == keys_.end()) {
        return Seal::unknown_key;
    }
    const std::string prev{event.prev.begin(), event.prev.end()};
    const ChainHead head{
        .source = std::string{header_of(record, "ce_source")},
        .sequence = event.sequence - 1,
        .hash = prev};
    const bool holds = record.value == with_previous(checkpoint_data(crypto_, *key, head), prev);
    return holds ? Seal::holds : Seal::wrong;
}

void ChainVerifier::add(const AuditRecord& record, std::int32_t lane) {
    auto event = read(record);
    const std::string source{header_of(record, "ce_source")};
    if (!event) {
        note(
            ChainFault::malformed,
            source,
            {.sequence = sequence_of(record).value_or(0), .position = position_}
        );
    } else {
        event->position = position_;
        event->lane = lane;
        sources_[source].push_back(*event);
    }
    ++position_;
}

void ChainVerifier::add_unreadable() {
    note(ChainFault::malformed, {}, {.position = position_});
    ++position_;
}

bool ChainVerifier::expect(const AuditRecord& kept, std::size_t position) {
    auto event = read(kept);
    if (!event) {
        return false;
    }
    event->position = position;
    kept_[std::string{header_of(kept, "ce_source")}].push_back(*event);
    return true;
}

ChainReport ChainVerifier::finish() {
    report_.sources = sources_.size();
    for (auto& [source, events] : sources_) {
        if (options_.order == DumpOrder::as_written) {
            check_order(source, events);
        }
        std::ranges::stable_sort(events, {}, &Event::sequence);
        check_links(source, events);
    }
    for (const auto& [source, kept] : kept_) {
        check_kept(source, kept);
    }
    return report_;
}

void ChainVerifier::check_order(const std::string& source, const Events& events) {
    std::map<std::int32_t, std::uint64_t> newest;
    std::vector<const Event*> late;
    for (const auto& event : events) {
        auto& before = newest[event.lane];
        if (event.sequence < before) {
            late.push_back(&event);
        }
        before = std::max(before, event.sequence);
    }
    if (late.empty()) {
        return;
    }
    // What is only sent again may come late.
    std::map<std::uint64_t, std::size_t> first;
    for (const auto& event : events) {
        first.emplace(event.sequence, event.position);
    }
    for (const auto* const event : late) {
        if (first[event->sequence] == event->position) {
            note(ChainFault::out_of_order, source, *event);
        }
    }
}

void ChainVerifier::check_links(const std::string& source, const Events& events) {
    std::uint64_t sequence = 0;
    std::size_t unsealed = 0;
    Hash hash{};
    std::ranges::copy(no_previous(), hash.begin());
    for (const auto& event : events) {
        if (event.sequence == sequence) {
            if (event.own == hash) {
                ++report_.repeated;
            } else {
                note(ChainFault::forked, source, event);
            }
            continue;
        }
        ++report_.events;
        const bool begins = sequence == 0 && options_.start == ChainStart::anywhere;
        if (event.sequence != sequence + 1) {
            if (!begins) {
                note(ChainFault::missing, source, event);
            }
        } else if (event.prev != hash) {
            note(ChainFault::broken_link, source, event);
        }
        check_seal(source, event, unsealed);
        sequence = event.sequence;
        hash = event.own;
    }
    report_.unsealed += unsealed;
}

void ChainVerifier::check_seal(
    const std::string& source, const Event& event, std::size_t& unsealed
) {
    switch (event.seal) {
        case Seal::none:
            ++unsealed;
            return;
        case Seal::not_checked:
            unsealed = 0;
            return;
        case Seal::holds:
            ++report_.checkpoints;
            unsealed = 0;
            return;
        case Seal::wrong:
            note(ChainFault::wrong_checkpoint, source, event);
            return;
        case Seal::unknown_key:
            note(ChainFault::unknown_key, source, event);
            return;
    }
}

// finish() has sorted what was added.
void ChainVerifier::check_kept(const std::string& source, const Events& kept) {
    const auto found = sources_.find(source);
    for (const auto& event : kept) {
        const bool there =
            found != sources_.end() &&
            std::ranges::any_of(
                std::ranges::equal_range(found->second, event.sequence, {}, &Event::sequence),
                [&](const Event& other) { return other.own == event.own; }
            );
        if (!there) {
            note(ChainFault::not_as_kept, source, event);
        }
    }
}

void ChainVerifier::note(ChainFault fault, const std::string& source, const Event& event) {
    ++report_.faults;
    if (report_.findings.size() < ChainReport::kFindingsMax) {
        report_.findings.push_back(
            {.fault = fault,
             .source = source,
             .sequence = event.sequence,
             .position = event.position}
        );
    }
}

ChainReport verify_chain(
    const Crypto& crypto, const KeyRing& keys, std::span<const AuditRecord> records, DumpOrder order
) {
    ChainVerifier verifier{crypto, keys, {.order = order, .start = ChainStart::first}};
    for (const auto& record : records) {
        verifier.add(record);
    }
    return verifier.finish();
}

}  // namespace numproof
