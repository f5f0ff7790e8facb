// SPDX-License-Identifier: Apache-2.0
#include "adapters/jose/jose_opener.h"

#include <gtest/gtest.h>

#include "adapters/jose/jose_signer.h"
#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

// RFC 7515 appendix A.3.
constexpr std::string_view kRfcJws =
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
    "cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr std::string_view kRfcJwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

class JoseOpenerTest : public testing::Test {
protected:
    PublicJwk jwk(std::string_view kid) const {
        return {.kid = std::string{kid}, .json = public_jwk(numbers_, kid)};
    }

    // Signed by our key, whatever header says of itself.
    std::string signed_with_header(std::string_view header) const {
        const auto good = signer_->sign(kClaims).value();
        const auto rest = good.substr(good.find('.'));
        return to_base64url(header) + rest;
    }

    ErrorCode refused(std::string_view compact, const std::vector<PublicJwk>& keys) const {
        const auto opened = opener_.open(compact, keys);
        return opened ? ErrorCode::closed : opened.error().code;
    }

    static constexpr std::string_view kClaims = R"({"iss":"app","n":1})";
    SigningKey key_ = make_signing_key().value();
    EcNumbers numbers_ = read_signing_key(key_.pem).value();
    std::unique_ptr<JoseSigner> signer_ = JoseSigner::from_keys({key_}).value();
    JoseOpener opener_;
};

TEST_F(JoseOpenerTest, VerifiesTheVectorOfRfc7515A3) {
    const auto claims = opener_.open(kRfcJws, {{.kid = "", .json = std::string{kRfcJwk}}});

    ASSERT_TRUE(claims.has_value()) << claims.error().detail;
    EXPECT_EQ(
        *claims,
        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
    );
}

TEST_F(JoseOpenerTest, GivesBackTheClaimsThatWereSigned) {
    EXPECT_EQ(opener_.open(signer_->sign(kClaims).value(), {jwk(key_.kid)}).value(), kClaims);
}

TEST_F(JoseOpenerTest, RefusesEveryOtherAlgorithm) {
    for (const auto* const alg :
         {"none", "NONE", "HS256", "RS256", "PS256", "ES384", "es256", ""}) {
        const auto header = std::string{R"({"alg":")"} + alg + "\"}";
        EXPECT_EQ(refused(signed_with_header(header), {jwk("")}), ErrorCode::not_trusted) << alg;
    }
    EXPECT_EQ(refused(signed_with_header("{}"), {jwk("")}), ErrorCode::not_trusted);
    EXPECT_EQ(refused(signed_with_header(R"({"alg":1})"), {jwk("")}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, RefusesNoneWithoutASignature) {
    const auto compact = to_base64url(R"({"alg":"none"})") + "." + to_base64url(kClaims) + ".";

    EXPECT_EQ(refused(compact, {jwk("")}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, RefusesHs256KeyedWithThePublicKey) {
    const OpensslCrypto crypto;
    const auto input = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(kClaims);
    const auto mac = crypto.hmac_sha256(SecretKey{numbers_.x}, input);

    EXPECT_EQ(refused(input + "." + to_base64url(as_view(mac)), {jwk("")}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, RefusesWhatDemandsAnExtension) {
    const auto header = R"({"alg":"ES256","crit":["b64"],"b64":false})";

    EXPECT_EQ(refused(signed_with_header(header), {jwk("")}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, NeverLooksAtAKeyThatTheHeaderBrings) {
    const auto stranger = make_signing_key().value();
    const auto theirs = JoseSigner::from_keys({stranger}).value();
    const auto good = theirs->sign(kClaims).value();
    const auto header = R"({"alg":"ES256","jwk":)" +
                        public_jwk(read_signing_key(stranger.pem).value(), "k") +
                        R"(,"jku":"http://x/"})";

    EXPECT_EQ(
        refused(to_base64url(header) + good.substr(good.find('.')), {jwk("")}),
        ErrorCode::not_trusted
    );
}

TEST_F(JoseOpenerTest, TheKidChoosesTheKey) {
    const auto other = read_signing_key(make_signing_key().value().pem).value();
    const PublicJwk stranger{.kid = "stranger", .json = public_jwk(other, "stranger")};
    const PublicJwk impostor{.kid = key_.kid, .json = public_jwk(other, key_.kid)};
    const auto compact = signer_->sign(kClaims).value();

    EXPECT_TRUE(opener_.open(compact, {stranger, jwk(key_.kid)}).has_value());
    EXPECT_EQ(refused(compact, {jwk("another-name")}), ErrorCode::not_trusted);
    EXPECT_EQ(refused(compact, {impostor}), ErrorCode::not_trusted);
    EXPECT_EQ(refused(compact, {}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, WithoutAKidThereMustBeExactlyOneUsableKey) {
    const auto rfc = PublicJwk{.kid = "", .json = std::string{kRfcJwk}};
    const auto rsa = PublicJwk{.kid = "r", .json = R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"};
    const auto encryption =
        PublicJwk{.kid = "e", .json = R"({"use":"enc",)" + jwk("e").json.substr(1)};

    EXPECT_TRUE(opener_.open(kRfcJws, {rsa, rfc}).has_value());
    EXPECT_TRUE(opener_.open(kRfcJws, {encryption, rfc}).has_value());
    EXPECT_EQ(refused(kRfcJws, {rfc, jwk("k")}), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, RefusesKeysThatAreNotForThis) {
    const auto with = [](std::string_view from, std::string_view to) {
        std::string json{kRfcJwk};
        json.replace(json.find(from), from.size(), to);
        return std::vector<PublicJwk>{{.kid = "", .json = json}};
    };

    EXPECT_EQ(refused(kRfcJws, with("\"P-256\"", "\"P-384\"")), ErrorCode::not_trusted);
    EXPECT_EQ(refused(kRfcJws, with("\"EC\"", "\"oct\"")), ErrorCode::not_trusted);
    EXPECT_EQ(refused(kRfcJws, with("\"kty\"", "\"use\":\"enc\",\"kty\"")), ErrorCode::not_trusted);
    EXPECT_EQ(
        refused(kRfcJws, with("\"kty\"", "\"alg\":\"ES384\",\"kty\"")), ErrorCode::not_trusted
    );
    EXPECT_EQ(refused(kRfcJws, with("f83OJ3D2", "f83OJ3D3")), ErrorCode::not_trusted);
    EXPECT_EQ(refused(kRfcJws, with("{", "")), ErrorCode::not_trusted);
}

TEST_F(JoseOpenerTest, RefusesEveryTruncationAndEveryChangedOctet) {
    const auto compact = signer_->sign(kClaims).value();
    for (std::size_t i = 0; i < compact.size(); ++i) {
        EXPECT_FALSE(opener_.open(compact.substr(0, i), {jwk(key_.kid)}).has_value()) << i;
        auto changed = compact;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(opener_.open(changed, {jwk(key_.kid)}).has_value()) << i;
    }
}

TEST_F(JoseOpenerTest, SaysMalformedToWhatIsNoCompactJws) {
    const auto claims = to_base64url(kClaims);
    const std::vector<std::string> cases{
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        std::string{kRfcJws} + ".x",
        std::string{kRfcJws} + "=",
        to_base64url(R"({"alg":"ES256","alg":"none"})") + "." + claims + ".AA",
        to_base64url("[]") + "." + claims + ".AA",
        to_base64url(R"({"alg":"ES256"})") + "." + to_base64url("[1]") + ".AA",
        to_base64url(R"({"alg":"ES256"})") + "." + to_base64url(R"({"a":1,"a":2})") + ".AA",
        std::string(20000, 'A') + ".AA.AA",
    };
    for (const auto& compact : cases) {
        EXPECT_EQ(refused(compact, {jwk("")}), ErrorCode::malformed) << compact.substr(0, 80);
    }
}

}  // namespace
}  // namespace numproof
