// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/token_codec.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::size_t kRandomOctets = 32;
constexpr std::size_t kRandomText = 43;
constexpr std::size_t kTagOctets = 6;
constexpr std::size_t kTagText = 8;
constexpr std::size_t kAuthenticatorOctets = 9;
constexpr std::size_t kAuthenticatorText = 12;
constexpr std::size_t kCodeText = Shard::kTextSize + kRandomText + kAuthenticatorText;
constexpr std::size_t kTokenText = kCodeText + kTagText;

// Keep the hashes of tokens and codes apart.
constexpr std::string_view kTokenLabel = "token";
constexpr std::string_view kCodeLabel = "code";

std::string first_octets(const Digest& digest, std::size_t count) {
    return to_base64url(as_view(digest).substr(0, count));
}

bool is_base64url(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

// The hash of the text's body by the key of the ring that made it; nullopt if none did.
std::optional<Digest> name_in_store(
    const Vault& vault, std::string_view label, std::string_view text
) {
    const auto body = text.substr(0, text.size() - kAuthenticatorText);
    const auto authenticator = text.substr(body.size());
    return vault.mac_that(label, body, [authenticator](const Digest& name) {
        return equal_in_constant_time(first_octets(name, kAuthenticatorOctets), authenticator);
    });
}

std::optional<GrantKey> read(const Vault& vault, std::string_view label, std::string_view text) {
    const auto shard = Shard::parse(text.substr(0, Shard::kTextSize));
    if (!shard || !is_base64url(text)) {
        return std::nullopt;
    }
    const auto name = name_in_store(vault, label, text);
    if (!name) {
        return std::nullopt;
    }
    return GrantKey{.shard = *shard, .mac = *name};
}

std::string random_text(const Vault& vault, const Shard& shard) {
    return shard.to_text() + to_base64url(vault.crypto().random(kRandomOctets));
}

TokenCodec::Minted finish(
    const Vault& vault, std::string_view label, const Shard& shard, std::string body
) {
    const auto name = vault.mac(label, body);
    body += first_octets(name, kAuthenticatorOctets);
    return {.text = std::move(body), .key = {.shard = shard, .mac = name}};
}

}  // namespace

TokenCodec::Minted TokenCodec::mint_token(const Shard& shard, std::string_view client_id) const {
    auto body = random_text(vault_, shard) + client_tag_of(client_id);
    return finish(vault_, kTokenLabel, shard, std::move(body));
}

TokenCodec::Minted TokenCodec::mint_code(const Shard& shard) const {
    return finish(vault_, kCodeLabel, shard, random_text(vault_, shard));
}

std::optional<PresentedToken> TokenCodec::read_token(std::string_view text) const {
    if (text.size() != kTokenText) {
        return std::nullopt;
    }
    const auto key = read(vault_, kTokenLabel, text);
    if (!key) {
        return std::nullopt;
    }
    constexpr auto kTagStart = Shard::kTextSize + kRandomText;
    return PresentedToken{.key = *key, .client_tag = std::string{text.substr(kTagStart, kTagText)}};
}

std::optional<GrantKey> TokenCodec::read_code(std::string_view text) const {
    return text.size() == kCodeText ? read(vault_, kCodeLabel, text) : std::nullopt;
}

std::string TokenCodec::client_tag_of(std::string_view client_id) const {
    return first_octets(vault_.mac("client tag", client_id), kTagOctets);
}

}  // namespace numproof
