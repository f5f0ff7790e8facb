// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/grant_seal.h"

#include <functional>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

class GrantSealTest : public testing::Test {
protected:
    GrantHeader header() const {
        GrantHeader made;
        made.issued_at = wall_from_ms(1795341600000);
        made.not_after = wall_from_ms(1795341720000);
        made.scopes.add(Scope::verify);
        made.method = AuthMethod::network;
        made.subscriber = vault_.subscriber_id(number());
        made.epoch = 7;
        return made;
    }

    static Msisdn number() { return Msisdn::parse("+34600000001").value(); }

    GrantBody body() const {
        return GrantBody{
            .msisdn = number(),
            .client_id = "app",
            .purpose = "dpv:FraudPreventionAndDetection",
            .scope_text = "openid number-verification:verify",
            .session = vault_.session_id({.source = "smf", .session = "1"}),
            .auth_time = wall_from_ms(1795341599000),
            .redirect_uri = "https://app.example/cb?x=1",
            .code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            .nonce = "n-0S6_WzA2Mj",
        };
    }

    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
};

TEST_F(GrantSealTest, OpensWhatItSealed) {
    const auto sealed = seal_grant(vault_, "place", header(), body());

    const auto opened = open_grant(vault_, "place", sealed);

    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(opened->msisdn == body().msisdn);
    EXPECT_EQ(opened->client_id, "app");
    EXPECT_EQ(opened->purpose, body().purpose);
    EXPECT_EQ(opened->scope_text, body().scope_text);
    EXPECT_EQ(opened->session, body().session);
    EXPECT_EQ(opened->auth_time, body().auth_time);
    EXPECT_EQ(opened->redirect_uri, body().redirect_uri);
    EXPECT_EQ(opened->code_challenge, body().code_challenge);
    EXPECT_EQ(opened->nonce, body().nonce);
    EXPECT_EQ(sealed.header, header());
}

TEST_F(GrantSealTest, OpensEmptyFields) {
    auto plain = body();
    plain.purpose.clear();
    plain.redirect_uri.clear();
    plain.nonce.clear();

    const auto opened = open_grant(vault_, "p", seal_grant(vault_, "p", header(), plain));

    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->purpose, "");
    EXPECT_EQ(opened->nonce, "");
}

TEST_F(GrantSealTest, DoesNotOpenAtAnotherPlace) {
    const auto sealed = seal_grant(vault_, "np:{000}:t:a", header(), body());

    EXPECT_EQ(
        open_grant(vault_, "np:{000}:t:b", sealed).error().code, ErrorCode::integrity_failure
    );
}

TEST_F(GrantSealTest, DoesNotOpenUnderAnyOtherHeader) {
    const auto sealed = seal_grant(vault_, "place", header(), body());
    const std::vector<std::pair<const char*, std::function<void(GrantHeader&)>>> changes{
        {"issued_at", [](GrantHeader& h) { h.issued_at += Milliseconds{1}; }},
        {"not_after", [](GrantHeader& h) { h.not_after += Milliseconds{1}; }},
        {"scopes", [](GrantHeader& h) { h.scopes.add(Scope::device_phone_number); }},
        {"method", [](GrantHeader& h) { h.method = AuthMethod::sim; }},
        {"subscriber", [](GrantHeader& h) { h.subscriber = SubscriberId{}; }},
        {"epoch", [](GrantHeader& h) { h.epoch = 8; }},
    };
    for (const auto& [name, change] : changes) {
        auto changed = sealed;
        change(changed.header);
        EXPECT_FALSE(open_grant(vault_, "place", changed).has_value()) << name;
    }
}

TEST_F(GrantSealTest, TheStateMayChangeInTheStore) {
    auto sealed = seal_grant(vault_, "place", header(), body());

    sealed.header.state = GrantState::used;

    EXPECT_TRUE(open_grant(vault_, "place", sealed).has_value());
}

TEST_F(GrantSealTest, NeverShowsTheNumber) {
    const auto sealed = seal_grant(vault_, "place", header(), body());

    EXPECT_EQ(sealed.sealed.find("34600000001"), std::string::npos);
    EXPECT_EQ(sealed.sealed.find("app.example"), std::string::npos);
}

TEST_F(GrantSealTest, RefusesATruncatedValue) {
    const auto sealed = seal_grant(vault_, "place", header(), body());
    for (std::size_t i = 0; i < sealed.sealed.size(); ++i) {
        auto cut = sealed;
        cut.sealed.resize(i);
        EXPECT_FALSE(open_grant(vault_, "place", cut).has_value()) << i;
    }
}

}  // namespace
}  // namespace numproof
