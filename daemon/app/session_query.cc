// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/session_query.h"

#include <charconv>
#include <utility>

#include "daemon/app/admin_answer.h"
#include "daemon/app/options_of.h"
#include "daemon/audit/audit_events.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/base/utc_text.h"
#include "daemon/domain/store_keys.h"
#include "daemon/sessions/session_record.h"
#include "daemon/sessions/subscriber_record.h"

namespace numproof {
namespace {

constexpr Milliseconds kNoteWithin{2'000};
constexpr std::size_t kReasonMax = 200;

http::Response refuse(const Error& error) {
    JsonWriter json;
    json.begin_object().key("error").text(name_of(error.code));
    json.key("detail").text(error.detail).end_object();
    return admin_answer(error.code == ErrorCode::invalid_value ? 400 : 503, json.take());
}

std::string text_in(const Form& form, const char* name) {
    return std::string{form.find(name).value_or(std::string_view{})};
}

/// 0 where there is none; nothing where it is none.
std::optional<std::uint16_t> port_in(const Form& form) {
    const auto text = text_in(form, "port");
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool good = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    return text.empty() || good ? std::optional{port} : std::nullopt;
}

/// A reason goes to the audit trail, where no number may stand (rule R15): six digits in a row are
/// taken for a part of one.
bool is_reason(std::string_view text) {
    constexpr int kDigitsMax = 5;
    int digits = 0;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '-' || c == '.';
        digits = c >= '0' && c <= '9' ? digits + 1 : (blank ? digits : 0);
        if (digits > kDigitsMax) {
            return false;
        }
    }
    return !text.empty() && text.size() <= kReasonMax;
}

void write_held(JsonWriter& json, const SessionRecord& session) {
    json.key("held").begin_array();
    for (const auto& holding : session.held) {
        json.begin_object().key("domain").text(holding.at.domain);
        json.key("prefix").text(holding.at.prefix.to_text());
        if (!holding.at.ports.whole()) {
            json.key("ports").begin_array().number(holding.at.ports.low);
            json.number(holding.at.ports.high).end_array();
        }
        json.key("held").boolean(!holding.forget_at).end_object();
    }
    json.end_array();
}

void write_time(JsonWriter& json, std::string_view name, const std::optional<EventPosition>& at) {
    json.key(name);
    at ? json.text(to_rfc3339(at->time)) : json.null();
}

}  // namespace

SessionQuery::SessionQuery(
    const Foundation& foundation, std::shared_ptr<LoopDirectory> directory, AuditLog& audit
)
    : foundation_(foundation),
      directory_(std::move(directory)),
      store_(directory_->stores.records()),
      standing_(directory_->standing),
      vault_(*directory_->edition->vault),
      audit_(audit),
      rules_(directory_rules_of(directory_->edition->settings)),
      reader_(
          {.store = store_,
           .standing = standing_,
           .clock = foundation.clock,
           .vault = *directory_->edition->vault,
           .counters = counters_},
          rules_,
          routing_domains_of(directory_->edition->settings)
      ) {}

std::string SessionQuery::reference(std::string_view kind, std::string_view octets) const {
    return audit_reference(
        foundation_.crypto, foundation_.edition->audit.front().key, kind, octets
    );
}

Task<http::Response> SessionQuery::look_up(const http::Request& request, Deadline deadline) {
    auto form = Form::parse(request.body);
    if (!form || form->has_repeats()) {
        co_return refuse({.code = ErrorCode::invalid_value, .detail = "the form cannot be read"});
    }
    const auto reason = text_in(*form, "reason");
    const bool by_number = form->find("number").has_value();
    if ((by_number || !reason.empty()) && !is_reason(reason)) {
        co_return refuse(
            {.code = ErrorCode::invalid_value,
             .detail = "say why: a reason of 1 to 200 octets without six digits in a row"}
        );
    }
    auto found = co_await find(std::move(*form), deadline);
    if (!found && found.error().code == ErrorCode::invalid_value) {
        co_return refuse(found.error());
    }
    const AdminEvent event{
        .time = foundation_.clock.wall_now(),
        .action = "session_lookup",
        .operator_name = std::string{kOperator},
        .object = found ? found->object : std::string{},
        .reason = reason,
        .result = found ? "done" : "failed"};
    auto entry = entry_of(event);
    const auto soon = Deadline::after(foundation_.clock.mono_now(), kNoteWithin);
    const auto noted = co_await audit_.append(std::move(entry), soon);
    if (!noted) {
        co_return refuse(noted.error());
    }
    if (!found) {
        co_return refuse(found.error());
    }
    found->json.end_object();
    co_return admin_answer(found->something ? 200 : 404, found->json.take());
}

Task<Result<SessionQuery::Found>> SessionQuery::find(Form form, Deadline deadline) {
    const auto invalid = [](const char* why) { return fail(ErrorCode::invalid_value, why); };
    const auto address = text_in(form, "address");
    const auto session = text_in(form, "session");
    const auto source = text_in(form, "source");
    const auto number = text_in(form, "number");
    if (!address.empty() + !session.empty() + !number.empty() != 1) {
        co_return invalid("name one of: address, session, number");
    }
    const auto parsed_address = IpAddress::parse(address);
    const auto parsed_number = Msisdn::parse(number);
    const auto port = port_in(form);
    if (!address.empty() && (!parsed_address || !port)) {
        co_return invalid("not an address, or not a port");
    }
    if (!number.empty() && !parsed_number) {
        co_return invalid("a number is written as +, country code and digits");
    }
    if (!session.empty() && source.empty()) {
        co_return invalid("a session is named with its source, the gateway");
    }
    const auto standing = standing_.basis().standing;
    if (standing != Standing::usable) {
        co_return fail(
            ErrorCode::store_unavailable, "the directory is " + std::string{name_of(standing)}
        );
    }
    if (!address.empty()) {
        const SourceEndpoint endpoint{.address = *parsed_address, .port = *port};
        co_return co_await by_address(endpoint, deadline);
    }
    if (!session.empty()) {
        const SessionName name{.source = source, .session = session};
        const auto id = vault_.session_id(name);
        co_return co_await by_session(id, deadline);
    }
    const auto id = vault_.subscriber_id(*parsed_number);
    co_return co_await by_number(id, deadline);
}

Task<Result<SessionQuery::Found>> SessionQuery::by_address(
    SourceEndpoint source, Deadline deadline
) {
    auto proof = co_await reader_.prove(source, deadline);
    if (!proof) {
        co_return pass_on(proof);
    }
    Found found;
    found.json.begin_object();
    if (const auto* why = std::get_if<Unproven>(&*proof)) {
        found.json.key("proven").boolean(false).key("reason").text(name_of(*why));
        co_return found;
    }
    const auto& proven = std::get<Proven>(*proof);
    found.object = reference("session", proven.session.octets());
    found.json.key("proven").boolean(true).key("reason").null();
    found.json.key("subscriber_ref").text(reference("subscriber", proven.subscriber.octets()));
    found.json.key("epoch").number(proven.epoch);
    const auto session = proven.session;
    auto added = co_await add_session(found.json, session, deadline);
    if (!added) {
        co_return pass_on(added);
    }
    co_return found;
}

Task<Result<SessionQuery::Found>> SessionQuery::by_session(SessionId id, Deadline deadline) {
    Found found;
    found.object = reference("session", id.octets());
    found.json.begin_object();
    auto added = co_await add_session(found.json, id, deadline);
    if (!added) {
        co_return pass_on(added);
    }
    found.something = *added;
    co_return found;
}

Task<Result<std::optional<Bytes>>> SessionQuery::read(std::string key, Deadline deadline) {
    std::vector<std::string> keys{key};
    auto records = co_await store_.read(std::move(keys), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    if (!records->front()) {
        co_return std::optional<Bytes>{};
    }
    auto plain = RecordSeal{vault_}.open(key, *records->front());
    if (!plain) {
        co_return pass_on(plain);
    }
    co_return std::optional<Bytes>{std::move(*plain)};
}

Task<Result<bool>> SessionQuery::add_session(JsonWriter& json, SessionId id, Deadline deadline) {
    auto key = store_keys::session(id);
    auto plain = co_await read(std::move(key), deadline);
    if (!plain) {
        co_return pass_on(plain);
    }
    json.key("session_ref").text(reference("session", id.octets()));
    json.key("session");
    if (!*plain) {
        json.null();
        co_return false;
    }
    auto record = parse_session_record(**plain);
    if (!record) {
        co_return pass_on(record);
    }
    const bool three_gpp = record->access.value == Access::three_gpp;
    json.begin_object().key("holds_anything").boolean(holds_anything(*record));
    write_time(json, "bound_since", bound_since(*record));
    write_time(json, "ended", record->end);
    json.key("last_seen").text(to_rfc3339(record->last_seen));
    json.key("not_after").text(to_rfc3339(not_after(*record, rules_)));
    json.key("access").text(three_gpp ? "3gpp" : "non_3gpp");
    json.key("has_number").boolean(record->msisdn.value.has_value());
    json.key("has_imsi").boolean(record->imsi.value.has_value());
    write_held(json, *record);
    json.end_object();
    co_return true;
}

Task<Result<SessionQuery::Found>> SessionQuery::by_number(SubscriberId id, Deadline deadline) {
    Found found;
    found.object = reference("subscriber", id.octets());
    found.json.begin_object().key("subscriber_ref").text(found.object);
    auto key = store_keys::subscriber(id);
    auto plain = co_await read(std::move(key), deadline);
    if (!plain) {
        co_return pass_on(plain);
    }
    found.json.key("subscriber");
    if (!*plain) {
        found.something = false;
        found.json.null();
        co_return found;
    }
    auto record = parse_subscriber_record(**plain);
    if (!record) {
        co_return pass_on(record);
    }
    const auto view = view_of(*record);
    found.json.begin_object().key("state").text(name_of(view.head.state));
    found.json.key("epoch").number(view.head.epoch);
    found.json.key("has_sim_in_the_books").boolean(view.imsi.has_value());
    found.json.key("facts").begin_array();
    for (const auto& fact : record->facts) {
        found.json.begin_object().key("time").text(to_rfc3339(fact.at.time));
        found.json.key("sim_changed").boolean(fact.kind == SubscriberFact::Kind::sim_changed);
        found.json.key("lost").boolean(fact.kind == SubscriberFact::Kind::lost);
        found.json.key("state").text(name_of(fact.state)).end_object();
    }
    found.json.end_array().end_object();
    co_return found;
}

}  // namespace numproof
