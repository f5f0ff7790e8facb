// SPDX-License-Identifier: Apache-2.0
#include "adapters/jose/jose_opener.h"

#include <algorithm>
#include <array>
#include <optional>

#include "adapters/jose/jose_handles.h"
#include "daemon/base/bytes.h"

namespace numproof {
namespace {

using jose::JsonPtr;
using jose::JwkPtr;
using jose::JwsPtr;

constexpr std::size_t kCompactMax = 16384;
constexpr std::size_t kSignatureOctets = 64;

JsonPtr parse_object(std::string_view text) {
    JsonPtr parsed{json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr)};
    return json_is_object(parsed.get()) ? std::move(parsed) : nullptr;
}

// The text of a member; nullopt if it is missing or no text.
std::optional<std::string_view> text_of(const json_t* object, const char* name) {
    const auto* const member = json_object_get(object, name);
    if (!json_is_string(member)) {
        return std::nullopt;
    }
    return std::string_view{json_string_value(member), json_string_length(member)};
}

struct Parts {
    JsonPtr header;
    Bytes claims;
    Bytes signature;
};

Result<Parts> split(std::string_view compact) {
    const auto first = compact.find('.');
    const auto second = first == std::string_view::npos ? first : compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.size() > kCompactMax) {
        return fail(ErrorCode::malformed, "not a compact JWS");
    }
    const auto header = parse_base64url(compact.substr(0, first));
    auto claims = parse_base64url(compact.substr(first + 1, second - first - 1));
    auto signature = parse_base64url(compact.substr(second + 1));
    if (!header || !claims || !signature) {
        return fail(ErrorCode::malformed, "not a compact JWS");
    }
    Parts parts{
        .header = parse_object(*header),
        .claims = std::move(*claims),
        .signature = std::move(*signature),
    };
    if (!parts.header || !parse_object(parts.claims)) {
        return fail(ErrorCode::malformed, "header or claims are not a JSON object");
    }
    return parts;
}

Result<void> check_header(const Parts& parts) {
    if (text_of(parts.header.get(), "alg") != "ES256") {
        return fail(ErrorCode::not_trusted, "not signed with ES256");
    }
    if (json_object_get(parts.header.get(), "crit") != nullptr) {
        return fail(ErrorCode::not_trusted, "demands an extension (crit)");
    }
    if (parts.signature.size() != kSignatureOctets) {
        return fail(ErrorCode::not_trusted, "not a signature of ES256");
    }
    return {};
}

bool absent_or(const json_t* object, const char* name, std::string_view value) {
    return json_object_get(object, name) == nullptr || text_of(object, name) == value;
}

// Only public members are handed on to the library, and only of a key that is meant for this.
JwkPtr usable_key(const PublicJwk& key) {
    const auto jwk = parse_object(key.json);
    const auto* const object = jwk.get();
    if (!jwk || text_of(object, "kty") != "EC" || text_of(object, "crv") != "P-256" ||
        !absent_or(object, "use", "sig") || !absent_or(object, "alg", "ES256")) {
        return nullptr;
    }
    const JsonPtr point{json_object()};
    for (const auto* const name : std::array{"kty", "crv", "x", "y"}) {
        if (json_object_set(point.get(), name, json_object_get(object, name)) != 0) {
            return nullptr;
        }
    }
    cjose_err error{};
    return JwkPtr{cjose_jwk_import_json(point.get(), &error)};
}

Result<JwkPtr> choose_key(const json_t* header, const std::vector<PublicJwk>& keys) {
    const bool names_key = json_object_get(header, "kid") != nullptr;
    const auto kid = text_of(header, "kid");
    JwkPtr chosen;
    for (const auto& key : keys) {
        if (names_key && kid != key.kid) {
            continue;
        }
        auto usable = usable_key(key);
        if (usable && chosen) {
            return fail(ErrorCode::not_trusted, "more than one key could be meant");
        }
        chosen = usable ? std::move(usable) : std::move(chosen);
    }
    if (!chosen) {
        return fail(ErrorCode::not_trusted, "no key fits");
    }
    return chosen;
}

bool verifies(std::string_view compact, const cjose_jwk_t* key) {
    cjose_err error{};
    const JwsPtr jws{cjose_jws_import(compact.data(), compact.size(), &error)};
    return jws && cjose_jws_verify(jws.get(), key, &error);
}

}  // namespace

Result<std::string> JoseOpener::open(std::string_view compact, const std::vector<PublicJwk>& keys)
    const {
    auto parts = split(compact);
    if (!parts) {
        return pass_on(parts);
    }
    if (auto good = check_header(*parts); !good) {
        return pass_on(good);
    }
    auto key = choose_key(parts->header.get(), keys);
    if (!key) {
        return pass_on(key);
    }
    if (!verifies(compact, key->get())) {
        return fail(ErrorCode::not_trusted, "the signature is wrong");
    }
    return std::move(parts->claims);
}

}  // namespace numproof
