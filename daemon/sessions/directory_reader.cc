// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/directory_reader.h"

#include <algorithm>

#include "daemon/domain/store_keys.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/sessions/gateway_record.h"
#include "daemon/sessions/generation_marker.h"
#include "daemon/sessions/subscriber_record.h"

namespace numproof {
namespace {

constexpr unsigned kLongestKey = 64;
constexpr unsigned kShortestKey = 32;
constexpr unsigned kLongestRoute = 31;
constexpr unsigned kShortestRoute = 16;

std::vector<std::string> prefix_keys(
    const std::string& domain, const IpAddress& address, unsigned longest, unsigned shortest
) {
    std::vector<std::string> keys;
    for (unsigned length = longest; length >= shortest; --length) {
        keys.push_back(store_keys::address(domain, IpPrefix::of(address, length)));
    }
    return keys;
}

// IPv4: the address itself. IPv6: the /64 with all that lies inside it, and every shorter prefix.
std::vector<std::string> address_keys(const std::string& domain, const IpAddress& address) {
    if (address.family() == IpAddress::Family::v4) {
        return {store_keys::address(domain, IpPrefix::of(address, address.bits()))};
    }
    return prefix_keys(domain, address, kLongestKey, kShortestKey);
}

// IPv4: the networks that are routed to a device (framed routes), longest first.
std::vector<std::string> route_keys(const std::string& domain, const IpAddress& address) {
    if (address.family() == IpAddress::Family::v6) {
        return {};
    }
    return prefix_keys(domain, address, kLongestRoute, kShortestRoute);
}

Unproven reason_of(Resolution::Kind kind) {
    switch (kind) {
        case Resolution::Kind::conflict:
            return Unproven::conflict;
        case Resolution::Kind::port_unknown:
            return Unproven::port_unknown;
        case Resolution::Kind::holder:
        case Resolution::Kind::nobody:
            break;
    }
    return Unproven::off_network;
}

// The session record is written first: an entry that lags behind it proves nothing.
bool still_holds(const SessionRecord& session, const AddressEntry& entry) {
    return std::ranges::any_of(session.held, [&](const Holding& holding) {
        return !holding.forget_at && holding.at.prefix == entry.prefix &&
               holding.at.ports == entry.ports;
    });
}

// The directory that `id` names, by whose keys we look.
bool is_whole(const Vault& vault, const std::string& id, const std::optional<Record>& marker) {
    const auto generation = marker ? open_marker(vault, *marker) : fail(ErrorCode::malformed, "");
    return generation && generation->id == id &&
           generation->phase == GenerationRecord::Phase::whole;
}

}  // namespace

DirectoryReader::DirectoryReader(Parts parts, DirectoryRules rules, RoutingDomains domains)
    : parts_(parts), rules_(rules), domains_(std::move(domains)), seal_(parts.vault) {
    std::ranges::stable_sort(domains_, std::greater<>{}, [](const auto& domain) {
        return domain.first.length();
    });
}

Task<Result<Proof>> DirectoryReader::prove(SourceEndpoint source, Deadline deadline) {
    const auto generation = parts_.vault.generation();
    auto proof = co_await look_up(source, deadline);
    if (generation != parts_.vault.generation()) {
        // Names of two generations were mixed: whatever was found or not says nothing.
        proof = fail(ErrorCode::store_unavailable, "directory was replaced meanwhile");
    }
    if (proof && std::holds_alternative<Proven>(*proof)) {
        // A failover that the watch has not seen yet may have brought back what was over.
        const auto life = co_await parts_.store.incarnation(deadline);
        if (!life || *life != parts_.standing.basis().incarnation) {
            proof = fail(ErrorCode::store_unavailable, "the store lives anew");
        }
    }
    if (proof && parts_.standing.basis().standing != Standing::usable) {
        proof = fail(
            ErrorCode::store_unavailable,
            "directory is " + std::string{name_of(parts_.standing.basis().standing)}
        );
    }
    count(proof);
    co_return proof;
}

void DirectoryReader::count(const Result<Proof>& proof) const noexcept {
    if (!proof) {
        parts_.counters.failed.add();
    } else if (const auto* reason = std::get_if<Unproven>(&*proof)) {
        parts_.counters.count(*reason);
    } else {
        parts_.counters.proven.add();
    }
}

Task<Result<Proof>> DirectoryReader::look_up(SourceEndpoint source, Deadline deadline) {
    if (domain_of(source.address) == nullptr) {
        co_return Proof{Unproven::outside_domains};
    }
    auto found = co_await find_entry(source, deadline);
    if (!found) {
        co_return pass_on(found);
    }
    if (found->has_value()) {
        co_return co_await prove_entry(std::move(**found), deadline);
    }
    if (found->error() == Unproven::off_network) {
        auto standing = co_await parts_.standing.confirm(deadline);
        if (!standing) {
            co_return pass_on(standing);
        }
        if (*standing != Standing::usable) {
            co_return fail(ErrorCode::store_unavailable, "directory is not usable");
        }
    }
    co_return Proof{found->error()};
}

Task<Result<DirectoryReader::Found>> DirectoryReader::find_entry(
    SourceEndpoint source, Deadline deadline
) {
    const auto generation = parts_.vault.generation();
    const auto domain = parts_.vault.in_generation(*domain_of(source.address));
    auto keys = address_keys(domain, source.address);
    keys.push_back(store_keys::generation());
    auto records = co_await parts_.store.read(keys, deadline);
    if (!records) {
        co_return pass_on(records);
    }
    if (!is_whole(parts_.vault, generation, records->back())) {
        co_return fail(ErrorCode::store_unavailable, "directory is being rebuilt");
    }
    keys.pop_back();
    records->pop_back();
    const auto found = judge_address(keys, *records, source);
    auto routes = route_keys(domain, source.address);
    const bool nobody = !found && found.error() == Unproven::off_network;
    if (!nobody || routes.empty()) {
        co_return found;
    }
    auto routed = co_await parts_.store.read(routes, deadline);
    if (!routed) {
        co_return pass_on(routed);
    }
    co_return judge_address(routes, *routed, source);
}

DirectoryReader::Found DirectoryReader::judge_address(
    const std::vector<std::string>& keys,
    const std::vector<std::optional<Record>>& records,
    const SourceEndpoint& source
) const {
    AddressRecord all;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!records[i]) {
            continue;
        }
        const auto plain = seal_.open(keys[i], *records[i]);
        auto entries = plain ? parse_address_record(*plain)
                             : fail(ErrorCode::integrity_failure, "address record");
        if (!entries) {
            return tl::unexpected{broken()};
        }
        all.insert(all.end(), entries->begin(), entries->end());
    }
    const auto resolution = resolve(all, source, rules_.conflict_skew);
    if (resolution.kind != Resolution::Kind::holder) {
        return tl::unexpected{reason_of(resolution.kind)};
    }
    return *resolution.holder;
}

Task<Result<void>> DirectoryReader::fetch(
    Records& records, std::vector<std::string> keys, Deadline deadline
) {
    std::erase_if(keys, [&](const std::string& key) { return records.contains(key); });
    if (keys.empty()) {
        co_return Result<void>{};
    }
    auto read = co_await parts_.store.read(keys, deadline);
    if (!read) {
        co_return pass_on(read);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        records[keys[i]] = std::move((*read)[i]);
    }
    co_return Result<void>{};
}

Task<Result<std::optional<Record>>> DirectoryReader::fetch_one(
    Records& records, std::string key, Deadline deadline
) {
    std::vector<std::string> keys{key};
    auto fetched = co_await fetch(records, std::move(keys), deadline);
    if (!fetched) {
        co_return pass_on(fetched);
    }
    co_return records[key];
}

Task<Result<Proof>> DirectoryReader::prove_entry(AddressEntry entry, Deadline deadline) {
    const auto session_key = store_keys::session(entry.session);
    Records records;
    auto stored = co_await fetch_one(records, session_key, deadline);
    if (!stored) {
        co_return pass_on(stored);
    }
    if (!*stored) {
        co_return Proof{Unproven::interims_missing};
    }
    const auto plain = seal_.open(session_key, **stored);
    auto session =
        plain ? parse_session_record(*plain) : fail(ErrorCode::integrity_failure, "session record");
    if (!session) {
        co_return Proof{broken()};
    }
    auto beside = co_await fetch(records, beside_session(*session), deadline);
    if (!beside) {
        co_return pass_on(beside);
    }
    if (const auto reason = check_session(records, *session, entry)) {
        co_return Proof{*reason};
    }
    co_return co_await prove_number(
        std::move(records), std::move(*session), entry.session, deadline
    );
}

std::vector<std::string> DirectoryReader::beside_session(const SessionRecord& session) const {
    std::vector<std::string> keys{store_keys::gateway(session.gateway)};
    if (session.msisdn.value) {
        keys.push_back(store_keys::subscriber(parts_.vault.subscriber_id(*session.msisdn.value)));
    } else if (session.imsi.value) {
        keys.push_back(
            store_keys::imsi(parts_.vault.mark(), parts_.vault.imsi_id(*session.imsi.value))
        );
    }
    return keys;
}

// Another thread may adopt another generation at any moment: each name is made once, and what is
// judged was read by that very name.
Task<Result<Proof>> DirectoryReader::prove_number(
    Records records, SessionRecord session, SessionId id, Deadline deadline
) {
    auto msisdn = session.msisdn.value;
    if (!msisdn) {
        if (!session.imsi.value) {
            co_return Proof{Unproven::number_unknown};
        }
        auto key = store_keys::imsi(parts_.vault.mark(), parts_.vault.imsi_id(*session.imsi.value));
        auto stored = co_await fetch_one(records, key, deadline);
        if (!stored) {
            co_return pass_on(stored);
        }
        auto given = number_of_imsi({.key = std::move(key), .stored = *stored}, session);
        if (!given) {
            co_return Proof{given.error()};
        }
        msisdn = std::move(*given);
    }
    const auto sid = parts_.vault.subscriber_id(*msisdn);
    auto stored = co_await fetch_one(records, store_keys::subscriber(sid), deadline);
    if (!stored) {
        co_return pass_on(stored);
    }
    Proven claimed{.msisdn = std::move(*msisdn), .subscriber = sid, .epoch = 0, .session = id};
    co_return judge_subscriber(*stored, session, std::move(claimed));
}

// Rules R7 and R9, and the access.
std::optional<Unproven> DirectoryReader::check_session(
    const Records& records, const SessionRecord& session, const AddressEntry& entry
) const {
    const auto began = bound_since(session);
    if (!began || !still_holds(session, entry)) {
        return Unproven::off_network;
    }
    const auto gateway = records.find(store_keys::gateway(session.gateway));
    if (gateway != records.end() && gateway->second) {
        const auto restarts = parse_gateway_record(gateway->second->value);
        if (!restarts) {
            return broken();
        }
        if (died_in_restart(*restarts, *began)) {
            return Unproven::gateway_restarted;
        }
    }
    if (parts_.clock.wall_now() > not_after(session, rules_)) {
        return Unproven::interims_missing;
    }
    if (session.access.value != Access::three_gpp) {
        return Unproven::non_3gpp_access;
    }
    return std::nullopt;
}

tl::expected<Msisdn, Unproven> DirectoryReader::number_of_imsi(
    const Stored& imsi, const SessionRecord& session
) const {
    if (!imsi.stored) {
        return tl::unexpected{Unproven::number_unknown};
    }
    const auto plain = seal_.open(imsi.key, *imsi.stored);
    const auto record =
        plain ? parse_imsi_record(*plain) : fail(ErrorCode::integrity_failure, "IMSI record");
    if (!record) {
        return tl::unexpected{broken()};
    }
    const auto view = view_of(*record);
    if (!view.msisdn) {
        return tl::unexpected{Unproven::number_unknown};
    }
    if (bound_since(session)->time <= view.changed) {
        return tl::unexpected{Unproven::binding_outdated};
    }
    return *view.msisdn;
}

// Rule R3.
Proof DirectoryReader::judge_subscriber(
    const std::optional<Record>& stored, const SessionRecord& session, Proven claimed
) const {
    if (!stored) {
        return Unproven::number_unknown;
    }
    const auto plain = seal_.open(store_keys::subscriber(claimed.subscriber), *stored);
    const auto record = plain ? parse_subscriber_record(*plain)
                              : fail(ErrorCode::integrity_failure, "subscriber record");
    if (!record) {
        return broken();
    }
    const auto view = view_of(*record);
    if (view.head.state != SubscriberState::active) {
        return Unproven::subscriber_inactive;
    }
    const bool by_imsi = !session.msisdn.value;
    if (by_imsi && view.imsi != parts_.vault.imsi_id(*session.imsi.value)) {
        return Unproven::number_unknown;
    }
    if (epoch_ms(bound_since(session)->time) <= view.head.epoch) {
        return Unproven::binding_outdated;
    }
    claimed.epoch = view.head.epoch;
    return claimed;
}

const std::string* DirectoryReader::domain_of(const IpAddress& address) const noexcept {
    const auto found = std::ranges::find_if(domains_, [&](const auto& domain) {
        return domain.first.contains(address);
    });
    return found == domains_.end() ? nullptr : &found->second;
}

Unproven DirectoryReader::broken() const noexcept {
    parts_.counters.integrity_failures.add();
    return Unproven::integrity_failure;
}

}  // namespace numproof
