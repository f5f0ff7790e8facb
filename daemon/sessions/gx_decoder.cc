// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/gx_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/sessions/access_types.h"
#include "daemon/sessions/radius_addresses.h"
#include "daemon/sessions/record_json.h"
#include "daemon/sessions/record_values.h"

namespace numproof {
namespace {

namespace dom = simdjson::dom;

using decoding::Fields;
using decoding::finish;
using decoding::poison;
using decoding::take;

constexpr auto kV4 = IpAddress::Family::v4;
constexpr auto kV6 = IpAddress::Family::v6;

// RFC 8506 section 8.3.
enum class RequestType : std::uint8_t { initial = 1, update = 2, termination = 3, event = 4 };

constexpr std::array<std::pair<std::string_view, RequestType>, 4> kRequestTypes{
    {{"INITIAL", RequestType::initial},
     {"UPDATE", RequestType::update},
     {"TERMINATION", RequestType::termination},
     {"EVENT", RequestType::event}}};

Result<RequestType> read_type(const Fields& fields) {
    constexpr std::string_view kTail = "_REQUEST";
    const auto element = fields.find("CC-Request-Type");
    if (!element) {
        return poison("no_request_type");
    }
    if (const auto number = decoding::whole_number(*element)) {
        const bool known = *number >= 1 && *number <= std::int64_t{kRequestTypes.size()};
        return known ? Result<RequestType>{static_cast<RequestType>(*number)}
                     : poison("bad_request_type");
    }
    std::string_view text;
    if (element->get(text) != simdjson::SUCCESS) {
        return poison("bad_request_type");
    }
    if (text.ends_with(kTail)) {
        text.remove_suffix(kTail.size());
    }
    const auto* const found =
        std::ranges::find(kRequestTypes, text, [](const auto& one) { return one.first; });
    return found != kRequestTypes.end() ? Result<RequestType>{found->second}
                                        : poison("bad_request_type");
}

Result<WallTime> read_time(const Fields& fields) {
    const auto element = fields.find("Event-Timestamp");
    if (!element) {
        return fields.record().timestamp;
    }
    return decoding::read_time(fields, *element);
}

Result<SessionName> read_name(const Fields& fields) {
    auto session = fields.required_text("Session-Id", "bad_session");
    if (!session) {
        return pass_on(session);
    }
    auto host = fields.text("Origin-Host", "bad_source");
    if (!host) {
        return pass_on(host);
    }
    return SessionName{
        .source = std::string{host->value_or(fields.record().at.topic)},
        .session = std::string{*session}};
}

/// Whose session it is.
struct Subscription {
    std::optional<Msisdn> msisdn;
    std::optional<Imsi> imsi;
};

// RFC 8506 section 8.47; other kinds (a SIP URI, a NAI) name nobody to us.
Result<void> read_identity(const Fields& fields, Subscription& into) {
    auto type = fields.find("Subscription-Id-Type");
    type = type ? type : fields.find("type");
    const bool is_short = fields.find("data").has_value();
    const auto data = fields.text(is_short ? "data" : "Subscription-Id-Data", "bad_subscription");
    if (!type || !data || !*data) {
        return poison("bad_subscription");
    }
    std::string_view word;
    const auto number = decoding::whole_number(*type);
    if (!number && type->get(word) != simdjson::SUCCESS) {
        return poison("bad_subscription");
    }
    if (number == 0 || word == "END_USER_E164") {
        auto msisdn = decoding::read_msisdn(fields.terms(), **data);
        if (!msisdn) {
            return pass_on(msisdn);
        }
        into.msisdn = std::move(*msisdn);
    } else if (number == 1 || word == "END_USER_IMSI") {
        auto imsi = decoding::read_imsi(**data);
        if (!imsi) {
            return pass_on(imsi);
        }
        into.imsi = std::move(*imsi);
    }
    return {};
}

Result<Subscription> read_subscription(const Fields& fields) {
    Subscription subscription;
    const auto element = fields.find("Subscription-Id");
    if (!element) {
        return subscription;
    }
    for (const auto& item : decoding::items_of(*element)) {
        dom::object object;
        if (item.get(object) != simdjson::SUCCESS) {
            return poison("bad_subscription");
        }
        const Fields identity{object, fields.record(), fields.terms()};
        if (auto read = read_identity(identity, subscription); !read) {
            return pass_on(read);
        }
    }
    return subscription;
}

// Octets as hexadecimal digits, with `0x` or colons or without; as base64 where they cannot be
// that.
std::optional<Bytes> octets_of(std::string_view text) {
    std::string digits{text.starts_with("0x") ? text.substr(2) : text};
    std::erase(digits, ':');
    if (auto octets = parse_hex(digits)) {
        return std::move(*octets);
    }
    auto octets = parse_base64(text);
    return octets ? std::optional{std::move(*octets)} : std::nullopt;
}

Result<IpPrefix> read_ipv4(std::string_view text) {
    if (text.find('.') != text.npos) {
        return decoding::read_prefix(text, kV4, "bad_ipv4");
    }
    const auto octets = octets_of(text);
    std::array<std::uint8_t, 4> address{};
    if (!octets || octets->size() != address.size()) {
        return poison("bad_ipv4");
    }
    std::ranges::copy(*octets, address.begin());
    return IpPrefix::of(IpAddress::v4(address), 32);
}

// RFC 3162 section 2.3: an octet without meaning, the length, as many octets as the length needs.
std::optional<IpPrefix> prefix_of_octets(const Bytes& octets) {
    constexpr std::size_t kHead = 2;
    std::array<std::uint8_t, 16> address{};
    if (octets.size() < kHead || octets.size() > kHead + address.size() || octets[0] != 0) {
        return std::nullopt;
    }
    const auto length = static_cast<unsigned char>(octets[1]);
    if (length > 128 || octets.size() - kHead < (length + 7U) / 8U) {
        return std::nullopt;
    }
    std::ranges::copy(octets.substr(kHead), address.begin());
    const auto prefix = IpPrefix::of(IpAddress::v6(address), length);
    const bool clean = prefix.address() == IpAddress::v6(address);
    const bool storable = prefix.address().family() == kV6 && decoding::is_storable(prefix);
    return clean && storable ? std::optional{prefix} : std::nullopt;
}

Result<IpPrefix> read_ipv6(std::string_view text) {
    if (auto prefix = decoding::read_prefix(text, kV6, "bad_ipv6_prefix")) {
        return prefix;
    }
    const auto octets = octets_of(text);
    const auto prefix = octets ? prefix_of_octets(*octets) : std::nullopt;
    return prefix ? Result<IpPrefix>{*prefix} : poison("bad_ipv6_prefix");
}

/// An AVP with addresses: how it is read, and what is wrong if it cannot be.
struct AddressAvp {
    std::string_view name;
    Result<IpPrefix> (*read)(std::string_view text);
    std::string_view reason;
};

Result<IpPrefix> read_route_v4(std::string_view text) {
    return decoding::read_route(text, kV4);
}

Result<IpPrefix> read_route_v6(std::string_view text) {
    return decoding::read_route(text, kV6);
}

constexpr std::array<AddressAvp, 5> kAvps{
    {{"Framed-IP-Address", read_ipv4, "bad_ipv4"},
     {"Framed-IPv6-Prefix", read_ipv6, "bad_ipv6_prefix"},
     {"Delegated-IPv6-Prefix", read_ipv6, "bad_ipv6_prefix"},
     {"Framed-Route", read_route_v4, "bad_framed_route"},
     {"Framed-IPv6-Route", read_route_v6, "bad_framed_route"}}};

Result<void> add_avp(
    const Fields& fields,
    const AddressAvp& avp,
    const std::string& domain,
    std::vector<HeldAddress>& held
) {
    const auto element = fields.find(avp.name);
    if (!element) {
        return {};
    }
    const auto items = decoding::items_of(*element);
    if (items.size() > decoding::kAddressesMax) {
        return poison("too_many_addresses");
    }
    for (const auto& item : items) {
        std::string_view text;
        if (item.get(text) != simdjson::SUCCESS) {
            return poison(avp.reason);
        }
        const auto prefix = avp.read(text);
        if (!prefix) {
            return poison(avp.reason);
        }
        // 0.0.0.0: there is none yet.
        const bool none = *prefix == IpPrefix::of(IpAddress::v4({}), 32);
        if (!none && decoding::is_storable(*prefix)) {
            decoding::hold(held, {.domain = domain, .prefix = *prefix, .ports = {}});
        }
    }
    return {};
}

Result<std::vector<HeldAddress>> read_held(const Fields& fields) {
    auto domain = decoding::read_dnn(fields, "Called-Station-Id");
    if (!domain) {
        return pass_on(domain);
    }
    std::vector<HeldAddress> held;
    for (const auto& avp : kAvps) {
        if (auto added = add_avp(fields, avp, *domain, held); !added) {
            return pass_on(added);
        }
    }
    return held;
}

struct AccessAvp {
    std::string_view name;
    Access (*of_number)(std::int64_t value);
    Access (*of_name)(std::string_view name);
};

constexpr std::array<AccessAvp, 2> kAccessAvps{
    {{"IP-CAN-Type", decoding::access_of_ip_can, decoding::access_of_ip_can},
     {"RAT-Type", decoding::access_of_diameter_rat, decoding::access_of_rat}}};

/// Nullopt: the request does not say. One AVP that speaks of another access is enough.
Result<std::optional<Access>> read_access(const Fields& fields) {
    std::optional<Access> access;
    for (const auto& avp : kAccessAvps) {
        const auto element = fields.find(avp.name);
        if (!element) {
            continue;
        }
        std::string_view text;
        const auto number = decoding::whole_number(*element);
        if (!number && element->get(text) != simdjson::SUCCESS) {
            return poison("bad_access");
        }
        const auto said = number ? avp.of_number(*number) : avp.of_name(text);
        access = std::max(access.value_or(said), said);
    }
    return access;
}

// 3GPP TS 29.212 section 5.3.7: with UE_IP_ADDRESS_RELEASE the request names the addresses that
// were given up.
Result<bool> read_release_trigger(const Fields& fields) {
    constexpr std::int64_t kRelease = 19;
    const auto element = fields.find("Event-Trigger");
    if (!element) {
        return false;
    }
    bool releases = false;
    for (const auto& item : decoding::items_of(*element)) {
        std::string_view name;
        const auto number = decoding::whole_number(item);
        if (!number && item.get(name) != simdjson::SUCCESS) {
            return poison("bad_event_trigger");
        }
        releases = releases || number == kRelease || name == "UE_IP_ADDRESS_RELEASE";
    }
    return releases;
}

Result<SessionEvent> read_bind(const Fields& fields, SessionBind::Extent extent) {
    SessionBind event;
    Subscription subscription;
    std::optional<Access> access;
    std::optional<Error> failure;
    bool releases = false;
    event.extent = extent;
    take(read_time(fields), event.time, failure);
    take(read_name(fields), event.name, failure);
    take(read_subscription(fields), subscription, failure);
    take(read_access(fields), access, failure);
    take(read_held(fields), event.held, failure);
    event.msisdn = std::move(subscription.msisdn);
    event.imsi = std::move(subscription.imsi);
    take(read_release_trigger(fields), releases, failure);
    if (releases && extent != SessionBind::Extent::whole) {
        event.removed = std::exchange(event.held, {});
    }
    const bool names_domain = fields.find("Called-Station-Id").has_value();
    decoding::settle(event, access, names_domain, fields.terms());
    return finish(std::move(event), std::move(failure));
}

Result<SessionEvent> read_release(const Fields& fields) {
    SessionRelease event;
    std::optional<Error> failure;
    take(read_time(fields), event.time, failure);
    take(read_name(fields), event.name, failure);
    // All that the session holds goes, whether or not these can be read.
    if (auto held = read_held(fields)) {
        event.held = std::move(*held);
    }
    return finish(std::move(event), std::move(failure));
}

Result<SessionEvent> read_request(const Fields& fields, RequestType type) {
    if (type == RequestType::termination) {
        return read_release(fields);
    }
    const bool initial = type == RequestType::initial;
    return read_bind(fields, initial ? SessionBind::Extent::whole : SessionBind::Extent::statement);
}

}  // namespace

Result<std::vector<SessionEvent>> decode_gx(const FeedRecord& record, const DecoderTerms& terms) {
    dom::parser parser;
    auto root = decoding::parse_object(parser, record);
    if (!root) {
        return pass_on(root);
    }
    const Fields fields{*root, record, terms};
    const auto type = read_type(fields);
    if (!type) {
        return poison(type.error().detail);
    }
    if (*type == RequestType::event) {
        return std::vector<SessionEvent>{};
    }
    return decoding::only(read_request(fields, *type));
}

}  // namespace numproof
