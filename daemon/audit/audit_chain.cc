// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/audit_chain.h"

#include <utility>

#include "daemon/audit/audit_events.h"
#include "daemon/base/check.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

constexpr std::size_t kUuidSize = 16;
constexpr std::size_t kHeadersMax = 10;

/// An id has to be unique, not secret: one draw serves many.
constexpr std::size_t kUuidsAtOnce = 64;

void set_bits(Bytes& uuid, std::size_t at, unsigned keep, unsigned set) {
    uuid[at] = static_cast<char>((static_cast<std::uint8_t>(uuid[at]) & keep) | set);
}

std::string uuid_text(const Bytes& uuid) {
    constexpr std::size_t kTextSize = 36;
    const auto hex = to_hex(uuid);
    std::string text;
    text.reserve(kTextSize);
    for (std::size_t i = 0; i < hex.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            text.push_back('-');
        }
        text.push_back(hex[i]);
    }
    return text;
}

/// RFC 9562 section 5.7: 48 bits of milliseconds, the rest random.
std::string uuid_v7(Bytes uuid, WallTime time) {
    auto ms = static_cast<std::uint64_t>(epoch_ms(time));
    for (std::size_t i = 6; i-- > 0;) {
        uuid[i] = static_cast<char>(ms & 255U);
        ms >>= 8U;
    }
    set_bits(uuid, 6, 0x0F, 0x70);
    set_bits(uuid, 8, 0x3F, 0x80);
    return uuid_text(uuid);
}

/// RFC 9562 section 5.4: random.
std::string uuid_v4(const Crypto& crypto) {
    auto uuid = crypto.random(kUuidSize);
    set_bits(uuid, 6, 0x0F, 0x40);
    set_bits(uuid, 8, 0x3F, 0x80);
    return uuid_text(uuid);
}

void add_if_there(AuditRecord& record, std::string_view name, const std::string& value) {
    if (!value.empty()) {
        record.headers.emplace_back(name, value);
    }
}

}  // namespace

std::string with_previous(std::string_view data, std::string_view hash) {
    NP_CHECK(data.size() >= 2 && data.ends_with('}'));
    std::string value;
    value.reserve(data.size() + hash.size() + 16);
    value += data.substr(0, data.size() - 1);
    value += data.size() == 2 ? R"("prev":")" : R"(,"prev":")";
    value += hash;
    value += "\"}";
    return value;
}

std::string no_previous() {
    return std::string(64, '0');
}

std::string_view header_of(const AuditRecord& record, std::string_view name) noexcept {
    for (const auto& [key, value] : record.headers) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

std::string chain_hash(const Crypto& crypto, const AuditRecord& record) {
    std::string text;
    text.reserve(record.value.size() + 256);
    for (const std::string_view name : {"ce_id", "ce_type", "ce_time", "ce_sequence"}) {
        text += header_of(record, name);
        text.push_back('\n');
    }
    text += record.value;
    return to_hex(as_view(crypto.sha256(text)));
}

std::string checkpoint_data(const Crypto& crypto, const NamedKey& key, const ChainHead& head) {
    const auto text = "numproof-checkpoint-v1\n" + head.source + "\n" +
                      std::to_string(head.sequence) + "\n" + head.hash;
    JsonWriter json;
    json.begin_object().key("sequence").number(static_cast<std::int64_t>(head.sequence));
    json.key("hash").text(head.hash).key("algorithm").text("HMAC-SHA-256");
    json.key("key_id").text(key.id).key("signature");
    json.text(to_hex(as_view(crypto.hmac_sha256(key.key, text)))).end_object();
    return json.take();
}

std::string new_source(const Crypto& crypto, std::string_view node) {
    return "/numproof/" + std::string{node} + "/" + uuid_v4(crypto);
}

AuditChain::AuditChain(const Crypto& crypto, const Clock& clock, NamedKey key, std::string source)
    : crypto_(crypto),
      clock_(clock),
      key_(std::move(key)),
      source_(std::move(source)),
      at_({.sequence = 0, .hash = no_previous(), .unsealed = 0, .sealed_at = clock.mono_now()}) {}

AuditRecord AuditChain::link(const AuditEntry& entry) {
    auto record = place_next(entry);
    ++at_.unsealed;
    return record;
}

bool AuditChain::checkpoint_due() const {
    return at_.unsealed >= kCheckpointEvents ||
           (unsealed() && clock_.mono_now() - at_.sealed_at >= kCheckpointSpan);
}

AuditRecord AuditChain::link_checkpoint() {
    const ChainHead head{.source = source_, .sequence = at_.sequence, .hash = at_.hash};
    const AuditEntry entry{
        .kind = AuditKind::checkpoint,
        .time = clock_.wall_now(),
        .partition_key = std::string{kNodePartition},
        .correlation_id = {},
        .trace_parent = {},
        .data = checkpoint_data(crypto_, key_, head)};
    auto record = place_next(entry);
    at_.unsealed = 0;
    at_.sealed_at = clock_.mono_now();
    return record;
}

Bytes AuditChain::draw_uuid() {
    if (drawn_.empty()) {
        drawn_ = crypto_.random(kUuidsAtOnce * kUuidSize);
    }
    auto uuid = drawn_.substr(drawn_.size() - kUuidSize);
    drawn_.resize(drawn_.size() - kUuidSize);
    return uuid;
}

AuditRecord AuditChain::place_next(const AuditEntry& entry) {
    AuditRecord record;
    record.key = entry.partition_key;
    record.value = with_previous(entry.data, at_.hash);
    auto& headers = record.headers;
    headers.reserve(kHeadersMax);
    headers.emplace_back("ce_specversion", "1.0");
    headers.emplace_back("ce_id", uuid_v7(draw_uuid(), entry.time));
    headers.emplace_back("ce_source", source_);
    headers.emplace_back("ce_type", type_of(entry.kind));
    headers.emplace_back("ce_time", to_rfc3339(entry.time));
    headers.emplace_back("ce_sequence", std::to_string(at_.sequence + 1));
    headers.emplace_back("ce_partitionkey", entry.partition_key);
    add_if_there(record, "ce_correlationid", entry.correlation_id);
    add_if_there(record, "ce_traceparent", entry.trace_parent);
    headers.emplace_back("content-type", "application/json");
    at_.hash = chain_hash(crypto_, record);
    ++at_.sequence;
    return record;
}

}  // namespace numproof
