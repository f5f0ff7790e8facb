// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/audit_trail.h"

#include <algorithm>
#include <utility>

#include "daemon/audit/audit_events.h"
#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

/// What the data of an event mostly take.
constexpr std::size_t kDataRoom = 1024;

/// How long the event of a refusal may wait; nobody waits with it.
constexpr Milliseconds kRefusalBudget{2000};

/// A client id that came from outside is kept as a partition key only if it looks like one.
constexpr std::size_t kPartitionKeyMax = 128;

void member(JsonWriter& json, std::string_view name, const std::optional<std::int64_t>& value) {
    json.key(name);
    if (value) {
        json.number(*value);
    } else {
        json.null();
    }
}

bool is_plain(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kPartitionKeyMax &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<std::int64_t> in_ms(const std::optional<Milliseconds>& span) noexcept {
    return span ? std::optional<std::int64_t>{span->count()} : std::nullopt;
}

std::int64_t us_between(MonoTime began, MonoTime ended) noexcept {
    const auto span = std::chrono::duration_cast<std::chrono::microseconds>(ended - began);
    return std::max<std::int64_t>(0, span.count());
}

}  // namespace

std::string_view name_of(Operation operation) noexcept {
    switch (operation) {
        case Operation::verify:
            return "verify";
        case Operation::device_phone_number:
            return "device-phone-number";
        case Operation::authorize:
            return "authorize";
        case Operation::token:
            return "token";
    }
    return "";
}

std::string_view name_of(AuditResult result) noexcept {
    switch (result) {
        case AuditResult::match:
            return "match";
        case AuditResult::mismatch:
            return "mismatch";
        case AuditResult::shared:
            return "shared";
        case AuditResult::issued:
            return "issued";
        case AuditResult::unknown:
            return "unknown";
        case AuditResult::refused:
            return "refused";
        case AuditResult::error:
            return "error";
    }
    return "";
}

AuditTrail::AuditTrail(
    const Crypto& crypto,
    const KeyRing& audit_keys,
    const Clock& clock,
    AuditLog& log,
    AuditOrigin origin,
    SpoolFailurePolicy policy
)
    : crypto_(crypto),
      key_(audit_keys.front()),
      clock_(clock),
      log_(log),
      origin_(std::move(origin)),
      policy_(policy),
      tally_(std::make_shared<Tally>(Tally{.budget = {}, .since = clock.wall_now()})) {}

Task<Result<void>> AuditTrail::record(const Decision& decision, Deadline deadline) {
    auto entry = entry_of(decision);
    return policy_ == SpoolFailurePolicy::allow ? keep_or_lose(std::move(entry), deadline)
                                                : log_.append(std::move(entry), deadline);
}

Task<Result<void>> AuditTrail::keep_or_lose(AuditEntry entry, Deadline deadline) {
    auto kept = co_await log_.append(std::move(entry), deadline);
    if (!kept) {
        ++lost_;
        co_return Result<void>{};
    }
    co_return kept;
}

void AuditTrail::note_refusal(Decision decision) {
    RefusalGroup group{
        .operation = std::string{name_of(decision.operation)},
        .reason = decision.reason,
        .status = decision.status};
    const auto now = clock_.mono_now();
    if (!tally_->budget.admit(now)) {
        tally_->budget.count(std::move(group));
        return;
    }
    const auto deadline = Deadline::after(now, kRefusalBudget);
    spawn(
        log_.append(entry_of(decision), deadline),
        [tally = tally_, group = std::move(group)](const Result<void>& kept) {
            if (!kept) {
                tally->budget.count(group);
            }
        }
    );
}

Task<bool> AuditTrail::summarise(Deadline deadline) {
    const auto tally = tally_;
    const auto now = clock_.wall_now();
    auto counts = tally->budget.take();
    const auto since = std::exchange(tally->since, now);
    if (counts.empty()) {
        co_return true;
    }
    RefusalSummary summary{
        .from = since,
        .to = now,
        .counts = counts,
        .config_hash = origin_.config_hash,
        .version = origin_.version};
    auto entry = numproof::entry_of(summary);
    const auto kept = co_await log_.append(std::move(entry), deadline);
    if (!kept) {
        tally->budget.restore(std::move(counts));
        tally->since = since;
    }
    co_return kept.has_value();
}

AuditEntry AuditTrail::entry_of(const Decision& decision) const {
    auto subscriber = decision.subscriber ? reference("subscriber", decision.subscriber->octets())
                                          : std::string{};
    auto data = data_of(decision, subscriber);
    return AuditEntry{
        .kind = decision.kind,
        .time = clock_.wall_now(),
        .partition_key = subscriber.empty() ? partition_of(decision) : std::move(subscriber),
        .correlation_id = decision.correlation_id,
        .trace_parent = decision.trace_parent,
        .data = std::move(data)};
}

std::string AuditTrail::partition_of(const Decision& decision) {
    return is_plain(decision.client_id) ? decision.client_id : std::string{kNodePartition};
}

std::string AuditTrail::data_of(const Decision& decision, std::string_view subscriber) const {
    JsonWriter json{kDataRoom};
    const auto refer = [&](std::string_view name, std::string_view kind, const auto& octets) {
        json.key(name);
        json.text_or_null(octets ? reference(kind, *octets) : std::string{});
    };
    const auto octets_of = [](const auto& pseudonym) {
        return pseudonym ? std::optional{pseudonym->octets()} : std::nullopt;
    };
    json.begin_object().key("operation").text(name_of(decision.operation));
    json.key("contract").text_or_null(decision.contract);
    json.key("client_id").text_or_null(decision.client_id);
    json.key("purpose").text_or_null(decision.purpose);
    json.key("scope").text_or_null(decision.scope);
    json.key("result").text(name_of(decision.result)).key("status").number(decision.status);
    json.key("code").text_or_null(decision.code).key("reason").text_or_null(decision.reason);
    json.key("subscriber_ref").text_or_null(subscriber);
    refer(
        "token_ref",
        "token",
        decision.token ? std::optional{as_view(*decision.token)} : std::nullopt
    );
    json.key("key_id").text(key_.id).key("method");
    json.text_or_null(decision.method ? name_of(*decision.method) : std::string_view{});
    json.key("decision").begin_object();
    member(json, "epoch", decision.epoch);
    member(json, "watermark_age_ms", in_ms(decision.watermark_age));
    refer("session_ref", "session", octets_of(decision.session));
    json.end_object();
    json.key("latency_us").number(us_between(decision.began, clock_.mono_now()));
    json.key("config_hash").text(origin_.config_hash).key("version").text(origin_.version);
    json.end_object();
    return json.take();
}

std::string AuditTrail::reference(std::string_view kind, std::string_view value) const {
    return audit_reference(crypto_, key_.key, kind, value);
}

std::string audit_reference(
    const Crypto& crypto, const SecretKey& key, std::string_view kind, std::string_view value
) {
    std::string data{kind};
    data.push_back('\n');
    data += value;
    return "hmac" + to_hex(as_view(crypto.hmac_sha256(key, data)));
}

}  // namespace numproof
