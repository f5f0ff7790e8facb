// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/store_keys.h"

namespace numproof::store_keys {
namespace {

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

std::string subscriber(const SubscriberId& id) {
    return in_shard(Shard::of(id), "u", id.to_text());
}

std::string token(const GrantKey& key) {
    return in_shard(key.shard, "t", to_base64url(as_view(key.mac)));
}

std::string code(const GrantKey& key) {
    return in_shard(key.shard, "c", to_base64url(as_view(key.mac)));
}

std::string address(std::string_view domain, const IpPrefix& prefix) {
    std::string key = "np:a:";
    key += domain;
    key += ':';
    key += prefix.address().family() == IpAddress::Family::v4 ? prefix.address().to_text()
                                                              : prefix.to_text();
    return key;
}

std::string session(const SessionId& id) {
    return "np:s:" + id.to_text();
}

std::string imsi(const ImsiId& id) {
    return "np:i:" + id.to_text();
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

}  // namespace numproof::store_keys
