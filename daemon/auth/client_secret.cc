// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_secret.h"

#include <optional>

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr std::string_view kForm = "sha256$";
constexpr std::size_t kSecretOctets = 32;
constexpr std::size_t kSaltOctets = 16;

Bytes digest_of(const Crypto& crypto, std::string_view salt, const ClientSecret& secret) {
    const ClientSecret salted{std::string{salt}.append(secret.reveal())};
    return Bytes{as_view(crypto.sha256(salted.reveal()))};
}

struct StoredHash {
    Bytes salt;
    Bytes digest;
};

std::optional<StoredHash> parse(std::string_view hash) {
    if (!hash.starts_with(kForm)) {
        return std::nullopt;
    }
    hash.remove_prefix(kForm.size());
    const auto mark = hash.find('$');
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    auto salt = parse_base64url(hash.substr(0, mark));
    auto digest = parse_base64url(hash.substr(mark + 1));
    if (!salt || !digest || salt->empty() || digest->size() != sizeof(Digest)) {
        return std::nullopt;
    }
    return StoredHash{.salt = std::move(*salt), .digest = std::move(*digest)};
}

}  // namespace

NewClientSecret make_client_secret(const Crypto& crypto) {
    ClientSecret secret{to_base64url(crypto.random(kSecretOctets))};
    auto hash = hash_client_secret(crypto, crypto.random(kSaltOctets), secret);
    return {.secret = std::move(secret), .hash = std::move(hash)};
}

std::string hash_client_secret(
    const Crypto& crypto, std::string_view salt, const ClientSecret& secret
) {
    return std::string{kForm} + to_base64url(salt) + "$" +
           to_base64url(digest_of(crypto, salt, secret));
}

bool matches_client_secret(
    const Crypto& crypto, std::string_view hash, const ClientSecret& presented
) {
    const auto stored = parse(hash);
    const Bytes no_salt(kSaltOctets, '\0');
    const auto digest = digest_of(crypto, stored ? stored->salt : no_salt, presented);
    const Bytes no_digest(sizeof(Digest), '\0');
    const bool equal = equal_in_constant_time(digest, stored ? stored->digest : no_digest);
    return stored.has_value() && equal;
}

}  // namespace numproof
