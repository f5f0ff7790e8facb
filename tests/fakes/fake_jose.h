// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/ports/jose.h"

namespace numproof {

/// A compact JWS whose "signature" is the JSON text of the key that it stands for.
inline std::string fake_jws(std::string_view claims, std::string_view key) {
    return to_base64url(R"({"alg":"ES256"})") + "." + to_base64url(claims) + "." +
           to_base64url(key);
}

/// Signs with fake_jws().
class FakeTokenSigner final : public TokenSigner {
public:
    [[nodiscard]] Result<std::string> sign(std::string_view claims) const override {
        if (broken_) {
            return fail(ErrorCode::io_failure, "the fake was told to fail");
        }
        return fake_jws(claims, "ours");
    }

    [[nodiscard]] const std::string& jwks() const override { return jwks_; }

    /// sign() fails from now on.
    void break_down() { broken_ = true; }

private:
    std::string jwks_ = R"({"keys":[{"kid":"ours"}]})";
    bool broken_ = false;
};

/// Opens what fake_jws() made with one of the keys.
class FakeTokenOpener final : public TokenOpener {
public:
    [[nodiscard]] Result<std::string> open(
        std::string_view compact, const std::vector<PublicJwk>& keys
    ) const override {
        const auto first = compact.find('.');
        const auto last = compact.rfind('.');
        if (first == last) {
            return fail(ErrorCode::malformed, "not a compact JWS");
        }
        const auto claims = parse_base64url(compact.substr(first + 1, last - first - 1));
        const auto key = parse_base64url(compact.substr(last + 1));
        for (const auto& known : keys) {
            if (claims && key && *key == known.json) {
                return *claims;
            }
        }
        return fail(ErrorCode::not_trusted, "no key fits");
    }
};

}  // namespace numproof
