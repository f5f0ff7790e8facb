// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/nsmf_decoder.h"

#include <algorithm>
#include <array>

#include "daemon/sessions/record_json.h"
#include "daemon/sessions/record_values.h"

namespace numproof {
namespace {

namespace dom = simdjson::dom;

using decoding::Fields;
using decoding::finish;
using decoding::poison;
using decoding::take;

/// Each event needs a place of its own within its record (ingest.cc).
constexpr std::size_t kEventsMax = 512;

constexpr std::string_view kImsi = "imsi-";
constexpr std::string_view kMsisdn = "msisdn-";
constexpr std::string_view kExternal = "extid-";

/// TS 29.571 RatType: what is not a 3GPP access.
constexpr std::array<std::string_view, 7> kOtherRats{
    "WLAN",
    "VIRTUAL",
    "TRUSTED_N3GA",
    "TRUSTED_WLAN",
    "WIRELINE",
    "WIRELINE_CABLE",
    "WIRELINE_BBF"};

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<WallTime> read_time(const Fields& fields) {
    const auto element = fields.find("timeStamp");
    if (!element) {
        return poison("bad_time");
    }
    return decoding::read_time(fields, *element);
}

struct Supi {
    std::string id;  ///< Without `imsi-`, so that both spellings name one session.
    std::optional<Imsi> imsi;
};

// A SUPI of another kind (a NAI, a line) names a session; it has no IMSI.
Result<Supi> read_supi(const Fields& fields) {
    auto text = fields.required_text("supi", "no_supi");
    if (!text) {
        return pass_on(text);
    }
    const bool marked = text->starts_with(kImsi);
    const auto id = marked ? text->substr(kImsi.size()) : *text;
    Supi supi{.id = std::string{id}, .imsi = std::nullopt};
    if (marked || all_digits(id)) {
        auto imsi = decoding::read_imsi(id);
        if (!imsi) {
            return pass_on(imsi);
        }
        supi.imsi = std::move(*imsi);
    }
    return supi;
}

Result<std::optional<Msisdn>> read_gpsi(const Fields& fields) {
    auto text = fields.text("gpsi", "bad_gpsi");
    if (!text) {
        return pass_on(text);
    }
    if (!*text || (*text)->starts_with(kExternal)) {
        return std::nullopt;
    }
    auto digits = **text;
    if (digits.starts_with(kMsisdn)) {
        digits.remove_prefix(kMsisdn.size());
    }
    return decoding::read_msisdn(fields.terms(), digits);
}

// Neither `notifId` nor anything else names the SMF the same way for as long as a session lives: a
// new subscription has a new one. SUPI and PDU session are unique without it.
Result<SessionName> read_name(const Fields& fields, const Supi& supi) {
    constexpr std::int64_t kSessionMax = 255;
    const auto element = fields.find("pduSeId");
    const auto number = element ? decoding::whole_number(*element) : std::nullopt;
    if (!number || *number < 0 || *number > kSessionMax) {
        return poison("bad_pdu_session");
    }
    return SessionName{
        .source = fields.record().at.topic, .session = supi.id + "-" + std::to_string(*number)};
}

/// Where addresses stand in an event, and what is wrong if they cannot be read.
struct AddressField {
    std::string_view name;
    IpAddress::Family family;
    std::string_view reason;
};

constexpr auto kV4 = IpAddress::Family::v4;
constexpr auto kV6 = IpAddress::Family::v6;

constexpr std::array<AddressField, 5> kHeld{
    {{"ipv4Addr", kV4, "bad_ipv4"},
     {"adIpv4Addr", kV4, "bad_ipv4"},
     {"ipv6Prefixes", kV6, "bad_ipv6_prefix"},
     {"ipv6Addrs", kV6, "bad_ipv6_prefix"},
     {"adIpv6Prefix", kV6, "bad_ipv6_prefix"}}};

constexpr std::array<AddressField, 2> kRemoved{
    {{"reIpv4Addr", kV4, "bad_ipv4"}, {"reIpv6Prefix", kV6, "bad_ipv6_prefix"}}};

/// TS 29.571 IpAddr.
constexpr std::array<AddressField, 3> kIpAddr{
    {{"ipv4Addr", kV4, "bad_ipv4"},
     {"ipv6Addr", kV6, "bad_ipv6_prefix"},
     {"ipv6Prefix", kV6, "bad_ipv6_prefix"}}};

using Held = std::vector<HeldAddress>;

Result<void> add_one(
    const dom::element& element, const AddressField& field, const std::string& domain, Held& held
) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) {
        return poison(field.reason);
    }
    auto prefix = decoding::read_prefix(text, field.family, field.reason);
    if (!prefix) {
        return pass_on(prefix);
    }
    decoding::hold(held, {.domain = domain, .prefix = *prefix, .ports = {}});
    return {};
}

Result<void> add_field(
    const Fields& fields, const AddressField& field, const std::string& domain, Held& held
) {
    const auto element = fields.find(field.name);
    if (!element) {
        return {};
    }
    const auto items = decoding::items_of(*element);
    if (items.size() > decoding::kAddressesMax) {
        return poison("too_many_addresses");
    }
    for (const auto& item : items) {
        if (auto added = add_one(item, field, domain, held); !added) {
            return added;
        }
    }
    return {};
}

template <std::size_t Count>
Result<void> add_fields(
    const Fields& fields,
    const std::array<AddressField, Count>& names,
    const std::string& domain,
    Held& held
) {
    for (const auto& field : names) {
        if (auto added = add_field(fields, field, domain, held); !added) {
            return added;
        }
    }
    return {};
}

Result<Held> read_held(const Fields& fields) {
    auto domain = decoding::read_dnn(fields, "dnn");
    if (!domain) {
        return pass_on(domain);
    }
    Held held;
    auto added = add_fields(fields, kHeld, *domain, held);
    if (!added) {
        return pass_on(added);
    }
    const auto element = fields.find("ueIpAddr");
    if (!element) {
        return held;
    }
    dom::object object;
    if (element->get(object) != simdjson::SUCCESS) {
        return poison("bad_ue_ip");
    }
    added = add_fields(Fields{object, fields.record(), fields.terms()}, kIpAddr, *domain, held);
    if (!added) {
        return pass_on(added);
    }
    return held;
}

Result<Held> read_removed(const Fields& fields) {
    auto domain = decoding::read_dnn(fields, "dnn");
    if (!domain) {
        return pass_on(domain);
    }
    Held removed;
    auto added = add_fields(fields, kRemoved, *domain, removed);
    if (!added) {
        return pass_on(added);
    }
    return removed;
}

/// Nullopt: the event does not say.
Result<std::optional<Access>> read_access(const Fields& fields) {
    auto type = fields.text("accType", "bad_access");
    if (!type) {
        return pass_on(type);
    }
    if (*type) {
        if (**type == "3GPP_ACCESS") {
            return Access::three_gpp;
        }
        if (**type == "NON_3GPP_ACCESS") {
            return Access::non_three_gpp;
        }
        return poison("bad_access");
    }
    auto rat = fields.text("ratType", "bad_access");
    if (!rat) {
        return pass_on(rat);
    }
    if (!*rat) {
        return std::nullopt;
    }
    const bool other = std::ranges::find(kOtherRats, **rat) != kOtherRats.end();
    return other ? Access::non_three_gpp : Access::three_gpp;
}

Result<SessionEvent> read_bind(const Fields& fields, SessionBind::Extent extent) {
    SessionBind event;
    Supi supi;
    std::optional<Access> access;
    std::optional<Error> failure;
    event.extent = extent;
    take(read_time(fields), event.time, failure);
    take(read_supi(fields), supi, failure);
    take(read_name(fields, supi), event.name, failure);
    take(read_gpsi(fields), event.msisdn, failure);
    take(read_access(fields), access, failure);
    take(read_held(fields), event.held, failure);
    take(read_removed(fields), event.removed, failure);
    event.imsi = std::move(supi.imsi);
    decoding::settle(event, access, fields.find("dnn").has_value(), fields.terms());
    if (extent == SessionBind::Extent::whole) {
        event.removed.clear();
    }
    return finish(std::move(event), std::move(failure));
}

Result<SessionEvent> read_release(const Fields& fields) {
    SessionRelease event;
    Supi supi;
    std::optional<Error> failure;
    take(read_time(fields), event.time, failure);
    take(read_supi(fields), supi, failure);
    take(read_name(fields, supi), event.name, failure);
    // All that the session holds goes, whether or not these can be read.
    if (auto held = read_held(fields)) {
        event.held = std::move(*held);
    }
    return finish(std::move(event), std::move(failure));
}

/// Nullopt: the event says nothing about addresses.
Result<std::optional<SessionEvent>> read_event(const Fields& fields) {
    using Extent = SessionBind::Extent;
    auto word = fields.required_text("event", "bad_event");
    if (!word) {
        return pass_on(word);
    }
    std::optional<Result<SessionEvent>> event;
    if (*word == "PDU_SES_EST") {
        event = read_bind(fields, Extent::whole);
    } else if (*word == "UE_IP_CH") {
        event = read_bind(fields, Extent::change);
    } else if (*word == "PDU_SES_REL") {
        event = read_release(fields);
    } else if (*word == "AC_TY_CH" && fields.find("accType")) {
        // A session that moved to Wi-Fi proves no number any more.
        event = read_bind(fields, Extent::statement);
    }
    if (!event) {
        return std::nullopt;
    }
    if (!*event) {
        return pass_on(*event);
    }
    return std::move(**event);
}

}  // namespace

Result<std::vector<SessionEvent>> decode_nsmf(const FeedRecord& record, const DecoderTerms& terms) {
    dom::parser parser;
    auto root = decoding::parse_object(parser, record);
    if (!root) {
        return pass_on(root);
    }
    dom::array notifications;
    if (root->at_key("eventNotifs").get(notifications) != simdjson::SUCCESS) {
        return poison("no_event_notifs");
    }
    if (notifications.size() > kEventsMax) {
        return poison("too_many_events");
    }
    std::vector<SessionEvent> events;
    for (const auto item : notifications) {
        dom::object object;
        if (item.get(object) != simdjson::SUCCESS) {
            return poison("bad_event");
        }
        auto event = read_event(Fields{object, record, terms});
        if (!event) {
            return pass_on(event);
        }
        if (*event) {
            events.push_back(std::move(**event));
        }
    }
    return events;
}

}  // namespace numproof
