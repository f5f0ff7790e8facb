// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/store_keys.h"

#include <algorithm>

namespace numproof::store_keys {
namespace {

constexpr char kFieldMark = '#';

/// Of a pseudonym in base64url: what the name of the hash says already, and what is enough of it.
constexpr std::size_t kSharedCharacters = 2;
constexpr std::size_t kFieldCharacters = 14;

/// Of a `sid` in base64url: the mark of its generation.
constexpr std::size_t kMarkAt = 16;
constexpr std::size_t kMarkCharacters = 4;

/// Redis keeps a hash of up to 128 fields in one small block.
constexpr unsigned kNeighbours = 25;

std::string in_shard(const Shard& shard, std::string_view kind, std::string_view name) {
    std::string key;
    key.reserve(64);
    key += "np:{";
    key += shard.to_text();
    key += "}:";
    key += kind;
    key += ':';
    key += name;
    return key;
}

}  // namespace

char part_of(const SubscriberId& id) noexcept {
    const auto octet = static_cast<unsigned char>(id.octets()[1]);
    return static_cast<char>('0' + ((octet >> 3U) & 1U));
}

std::string subscriber(const SubscriberId& id) {
    std::string key = in_shard(Shard::of(id), "u", {});
    const auto text = id.to_text();
    key += part_of(id);
    key += text.substr(kMarkAt, kMarkCharacters);
    key += kFieldMark;
    key += text.substr(kSharedCharacters, kFieldCharacters);
    return key;
}

std::string token(const GrantKey& key) {
    return in_shard(key.shard, "t", to_base64url(as_view(key.mac)));
}

std::string code(const GrantKey& key) {
    return in_shard(key.shard, "c", to_base64url(as_view(key.mac)));
}

std::string address(std::string_view domain, const IpPrefix& prefix) {
    const auto& address = prefix.address();
    std::string key = "np:a:";
    key += domain;
    key += ':';
    if (address.family() == IpAddress::Family::v4 && prefix.length() == address.bits()) {
        const auto host = static_cast<unsigned char>(address.octets().back());
        const auto neighbours = address.masked(kNeighbours).to_text();
        return key + neighbours + (host < 128 ? "-127" : "-255") + kFieldMark +
               std::to_string(host);
    }
    return key + prefix.to_text();
}

std::string session(const SessionId& id) {
    return "np:s:" + id.to_text();
}

std::string imsi(std::string_view mark, const ImsiId& id) {
    const auto octets = id.octets();
    const auto low = static_cast<unsigned char>(octets[1]) & 0xF8U;
    const Bytes first{octets.front(), static_cast<char>(low)};
    std::string key = "np:i:";
    key += mark;
    key += ':' + to_hex(first) + kFieldMark;
    return key + id.to_text().substr(kSharedCharacters, kFieldCharacters);
}

std::string gateway(const GatewayId& id) {
    return "np:g:" + id.to_text();
}

std::string watermark(const TopicPartition& at) {
    return "np:w:" + at.topic + ":" + std::to_string(at.partition);
}

std::string generation() {
    return "np:gen";
}

std::string incarnation() {
    return "np:life";
}

std::string first_use(std::string_view name) {
    return "np:j:" + std::string{name};
}

std::optional<std::string_view> mark_of(std::string_view key) noexcept {
    constexpr std::string_view kAddress = "np:a:";
    constexpr std::string_view kImsi = "np:i:";
    constexpr std::string_view kShard = "np:{";
    constexpr std::string_view kSubscriber = "}:u:";
    constexpr std::size_t kShardCharacters = 3;
    constexpr std::size_t kPartCharacters = 1;
    std::string_view mark;
    if (key.starts_with(kAddress) || key.starts_with(kImsi)) {
        key.remove_prefix(kAddress.size());
        mark = key.substr(0, std::min(key.find(':'), key.size()));
        mark = mark.size() == key.size() ? std::string_view{} : mark;
    } else if (key.starts_with(kShard) && key.substr(0, 11).ends_with(kSubscriber)) {
        mark = key.substr(kShard.size() + kShardCharacters + kSubscriber.size());
        mark.remove_prefix(std::min(kPartCharacters, mark.size()));
    }
    return mark.size() == kMarkCharacters ? std::optional{mark} : std::nullopt;
}

std::optional<Field> field_of(std::string_view key) noexcept {
    const auto mark = key.find(kFieldMark);
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    return Field{.hash = key.substr(0, mark), .name = key.substr(mark + 1)};
}

}  // namespace numproof::store_keys
