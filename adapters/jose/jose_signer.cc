// SPDX-License-Identifier: Apache-2.0
#include "adapters/jose/jose_signer.h"

#include <algorithm>
#include <set>

#include "adapters/jose/jose_handles.h"

namespace numproof {
namespace {

using jose::HeaderPtr;
using jose::JwkPtr;
using jose::JwsPtr;

constexpr std::size_t kKidMax = 128;

// It goes into JSON and into headers as it is.
bool is_good_kid(std::string_view kid) {
    return !kid.empty() && kid.size() <= kKidMax && std::ranges::all_of(kid, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

JwkPtr make_jwk(const EcNumbers& numbers) {
    const auto octets = [](std::string_view text) {
        // The library only reads; its specification is not const.
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    cjose_jwk_ec_keyspec spec{};
    spec.crv = CJOSE_JWK_EC_P_256;
    spec.x = octets(numbers.x);
    spec.xlen = numbers.x.size();
    spec.y = octets(numbers.y);
    spec.ylen = numbers.y.size();
    spec.d = octets(numbers.d.reveal());
    spec.dlen = numbers.d.reveal().size();
    cjose_err error{};
    return JwkPtr{cjose_jwk_create_EC_spec(&spec, &error)};
}

HeaderPtr make_header(const std::string& kid) {
    cjose_err error{};
    HeaderPtr header{cjose_header_new(&error)};
    const bool good = header && cjose_header_set(header.get(), "alg", "ES256", &error) &&
                      cjose_header_set(header.get(), "kid", kid.c_str(), &error) &&
                      cjose_header_set(header.get(), "typ", "JWT", &error);
    return good ? std::move(header) : nullptr;
}

Error signing_failed() {
    return {.code = ErrorCode::io_failure, .detail = "the library cannot sign"};
}

}  // namespace

struct JoseSigner::Key {
    std::string kid;
    JwkPtr jwk;
};

JoseSigner::JoseSigner(std::unique_ptr<Key> key, std::string jwks)
    : key_(std::move(key)), jwks_(std::move(jwks)) {}

JoseSigner::~JoseSigner() = default;

Result<std::unique_ptr<JoseSigner>> JoseSigner::from_keys(const std::vector<SigningKey>& keys) {
    std::unique_ptr<Key> signing;
    std::set<std::string> kids;
    std::string jwks;
    for (const auto& key : keys) {
        if (!is_good_kid(key.kid) || !kids.insert(key.kid).second) {
            return fail(
                ErrorCode::invalid_configuration, "signing key with a bad or repeated name"
            );
        }
        auto numbers = read_signing_key(key.pem);
        if (!numbers) {
            return pass_on(numbers);
        }
        if (!signing) {
            signing = std::make_unique<Key>(Key{.kid = key.kid, .jwk = make_jwk(*numbers)});
        }
        jwks += (jwks.empty() ? "" : ",") + public_jwk(*numbers, key.kid);
    }
    if (!signing || !signing->jwk) {
        return fail(ErrorCode::invalid_configuration, "no signing key that can be used");
    }
    return std::unique_ptr<JoseSigner>{
        new JoseSigner{std::move(signing), R"({"keys":[)" + jwks + "]}"}};
}

Result<std::string> JoseSigner::sign(std::string_view claims) const {
    const auto header = make_header(key_->kid);
    if (!header) {
        return tl::unexpected{signing_failed()};
    }
    cjose_err error{};
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(claims.data());
    const JwsPtr jws{cjose_jws_sign(key_->jwk.get(), header.get(), octets, claims.size(), &error)};
    const char* compact = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &compact, &error)) {
        return tl::unexpected{signing_failed()};
    }
    return std::string{compact};
}

}  // namespace numproof
