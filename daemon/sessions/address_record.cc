// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/address_record.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "daemon/sessions/octets.h"
#include "daemon/sessions/overtaking.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 2;
constexpr unsigned kBucketLength = 64;

/// What an entry has beyond the rule: a port block, an end.
constexpr std::uint64_t kSharedPorts = 1;
constexpr std::uint64_t kEnded = 2;
constexpr std::uint64_t kAllHolds = kSharedPorts | kEnded;

/// No fewer others can cover an entry twice.
constexpr std::size_t kEntriesToCover = 3;

void drop(AddressRecord& record, const Overtaking::Verdicts& dropped) {
    AddressRecord kept;
    kept.reserve(record.size());
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (!dropped[i]) {
            kept.push_back(record[i]);
        }
    }
    record = std::move(kept);
}

std::vector<const AddressEntry*> holders(
    const AddressRecord& record, const IpPrefix& prefix, const Overtaking::Verdicts& overtaken
) {
    std::vector<const AddressEntry*> found;
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (record[i].prefix == prefix && !record[i].forget_at && !overtaken[i]) {
            found.push_back(&record[i]);
        }
    }
    return found;
}

Resolution judge(const std::vector<const AddressEntry*>& holding, std::uint16_t port) {
    const bool shared = std::ranges::any_of(holding, [](const AddressEntry* entry) {
        return !entry->ports.whole();
    });
    if (port == 0 && shared) {
        return {.kind = Resolution::Kind::port_unknown};
    }
    const AddressEntry* found = nullptr;
    for (const auto* entry : holding) {
        if (!entry->ports.contains(port)) {
            continue;
        }
        if (found != nullptr && found->session != entry->session) {
            return {.kind = Resolution::Kind::conflict};
        }
        found = entry;
    }
    if (found == nullptr) {
        return {.kind = Resolution::Kind::port_unknown};
    }
    return {.kind = Resolution::Kind::holder, .holder = found};
}

PortRange take_ports(OctetReader& in) {
    const auto low = in.number();
    const auto high = in.number();
    if (low > high || high > std::numeric_limits<std::uint16_t>::max()) {
        in.spoil();
        return {};
    }
    return {.low = static_cast<std::uint16_t>(low), .high = static_cast<std::uint16_t>(high)};
}

AddressEntry take_entry(OctetReader& in) {
    const auto hold = in.number();
    const auto session = SessionId::parse(in.raw(SessionId::kSize));
    if (!session || hold > kAllHolds) {
        in.spoil();
    }
    AddressEntry entry{
        .session = session.value_or(SessionId{}),
        .prefix = in.prefix(),
        .ports = PortRange{},
        .begin = in.time(),
        .forget_at = std::nullopt};
    if ((hold & kSharedPorts) != 0) {
        entry.ports = take_ports(in);
    }
    if ((hold & kEnded) != 0) {
        entry.forget_at = in.time();
    }
    entry.version = static_cast<std::uint64_t>(in.integer()) +
                    static_cast<std::uint64_t>(epoch_ms(entry.begin));
    return entry;
}

void put_entry(OctetWriter& out, const AddressEntry& entry) {
    out.number((entry.ports.whole() ? 0U : kSharedPorts) | (entry.forget_at ? kEnded : 0U));
    out.raw(entry.session.octets()).prefix(entry.prefix).time(entry.begin);
    if (!entry.ports.whole()) {
        out.number(entry.ports.low).number(entry.ports.high);
    }
    if (entry.forget_at) {
        out.time(*entry.forget_at);
    }
    out.integer(
        static_cast<std::int64_t>(entry.version - static_cast<std::uint64_t>(epoch_ms(entry.begin)))
    );
}

}  // namespace

IpPrefix record_prefix(const IpPrefix& prefix) noexcept {
    const bool bucket =
        prefix.address().family() == IpAddress::Family::v6 && prefix.length() > kBucketLength;
    return bucket ? IpPrefix::of(prefix.address(), kBucketLength) : prefix;
}

void merge_entries(
    AddressRecord& record,
    const EntryScope& scope,
    const std::vector<AddressEntry>& projected,
    const ApplyContext& context
) {
    const auto ours = [&](const AddressEntry& entry) {
        return entry.session == scope.session && entry.prefix == scope.prefix;
    };
    if (std::ranges::any_of(record, [&](const AddressEntry& entry) {
            return ours(entry) && entry.version > scope.version;
        })) {
        return;
    }
    std::map<PortRange, std::size_t> known;
    for (std::size_t i = 0; i < record.size(); ++i) {
        auto& entry = record[i];
        if (ours(entry)) {
            entry.version = scope.version;
            entry.forget_at = entry.forget_at.value_or(context.forget_at());
            known.try_emplace(entry.ports, i);
        }
    }
    for (const auto& entry : projected) {
        const auto [at, is_new] = known.try_emplace(entry.ports, record.size());
        if (is_new) {
            record.push_back(entry);
        } else {
            record[at->second] = entry;
        }
    }
}

void settle(AddressRecord& record, WallTime now, Milliseconds conflict_skew) {
    const bool some_over = std::ranges::any_of(record, [&](const AddressEntry& entry) {
        return entry.forget_at && *entry.forget_at <= now;
    });
    if (some_over) {
        drop(record, Overtaking{record, conflict_skew}.forgotten(now));
    }
    // What two sessions wholly took over has nothing left to say: whatever it overtook itself is
    // overtaken by the one of them that it does not belong to.
    if (record.size() >= kEntriesToCover) {
        drop(record, Overtaking{record, conflict_skew}.covered_by_two());
    }
}

Resolution resolve(
    const AddressRecord& record, const SourceEndpoint& source, Milliseconds conflict_skew
) {
    std::set<unsigned, std::greater<>> lengths;
    for (const auto& entry : record) {
        if (entry.prefix.contains(source.address)) {
            lengths.insert(entry.prefix.length());
        }
    }
    const auto overtaken = Overtaking{record, conflict_skew}.overtaken();
    for (const auto length : lengths) {
        const auto holding = holders(record, IpPrefix::of(source.address, length), overtaken);
        if (!holding.empty()) {
            return judge(holding, source.port);
        }
    }
    return {};
}

Bytes to_stored(const AddressRecord& record) {
    OctetWriter out;
    out.number(kForm);
    for (const auto& entry : record) {
        put_entry(out, entry);
    }
    return out.take();
}

Result<AddressRecord> parse_address_record(std::string_view stored) {
    OctetReader in{stored};
    if (in.number() != kForm) {
        return fail(ErrorCode::malformed, "address record of another form");
    }
    AddressRecord record;
    while (in.good() && !in.whole()) {
        record.push_back(take_entry(in));
    }
    if (!in.whole()) {
        return fail(ErrorCode::malformed, "address record is broken");
    }
    return record;
}

}  // namespace numproof
