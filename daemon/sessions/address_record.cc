// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/address_record.h"

#include <algorithm>
#include <limits>
#include <set>

#include "daemon/sessions/octets.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 2;
constexpr unsigned kBucketLength = 64;

/// What an entry has beyond the rule: a port block, an end.
constexpr std::uint64_t kSharedPorts = 1;
constexpr std::uint64_t kEnded = 2;
constexpr std::uint64_t kAllHolds = kSharedPorts | kEnded;

bool overtakes(const AddressEntry& a, const AddressEntry& b, Milliseconds skew) {
    return a.session != b.session && a.prefix == b.prefix && a.ports.overlaps(b.ports) &&
           a.begin > b.begin + skew;
}

bool is_overtaken(const AddressRecord& record, const AddressEntry& entry, Milliseconds skew) {
    return std::ranges::any_of(record, [&](const AddressEntry& other) {
        return overtakes(other, entry, skew);
    });
}

// What two sessions wholly took over has nothing left to say: whatever it overtook itself is
// overtaken by the one of them that it does not belong to.
bool is_covered(const AddressRecord& record, const AddressEntry& entry, Milliseconds skew) {
    const AddressEntry* first = nullptr;
    for (const auto& other : record) {
        if (!overtakes(other, entry, skew) || !other.ports.covers(entry.ports)) {
            continue;
        }
        if (first != nullptr && first->session != other.session) {
            return true;
        }
        first = &other;
    }
    return false;
}

// What a tombstone overtook goes with it, and so on down the chain: nobody is left to say so.
void forget_with(AddressRecord& record, WallTime now, Milliseconds skew) {
    AddressRecord gone;
    const auto leaves = [&](const AddressEntry& entry) {
        const bool forgotten = entry.forget_at && *entry.forget_at <= now;
        return forgotten || is_overtaken(gone, entry, skew);
    };
    for (auto next = std::ranges::find_if(record, leaves); next != record.end();
         next = std::ranges::find_if(record, leaves)) {
        gone.push_back(*next);
        record.erase(next);
    }
}

std::vector<const AddressEntry*> holders(
    const AddressRecord& record, const IpPrefix& prefix, Milliseconds skew
) {
    std::vector<const AddressEntry*> found;
    for (const auto& entry : record) {
        if (entry.prefix == prefix && !entry.forget_at && !is_overtaken(record, entry, skew)) {
            found.push_back(&entry);
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
    for (auto& entry : record) {
        if (ours(entry)) {
            entry.version = scope.version;
            entry.forget_at = entry.forget_at.value_or(context.forget_at());
        }
    }
    for (const auto& entry : projected) {
        const auto known = std::ranges::find_if(record, [&](const AddressEntry& other) {
            return ours(other) && other.ports == entry.ports;
        });
        if (known == record.end()) {
            record.push_back(entry);
        } else {
            *known = entry;
        }
    }
}

void settle(AddressRecord& record, WallTime now, Milliseconds conflict_skew) {
    forget_with(record, now, conflict_skew);
    AddressRecord kept;
    for (const auto& entry : record) {
        if (!is_covered(record, entry, conflict_skew)) {
            kept.push_back(entry);
        }
    }
    record = std::move(kept);
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
    for (const auto length : lengths) {
        const auto holding = holders(record, IpPrefix::of(source.address, length), conflict_skew);
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
