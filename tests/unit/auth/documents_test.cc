// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/metadata.h"
#include "tests/unit/auth/auth_test.h"

namespace numproof {
namespace {

using DocumentsTest = AuthTest;

constexpr std::string_view kGolden =
    R"({"issuer":"https://idp.example.com",)"
    R"("authorization_endpoint":"https://idp.example.com/oauth2/authorize",)"
    R"("token_endpoint":"https://idp.example.com/oauth2/token",)"
    R"("revocation_endpoint":"https://idp.example.com/oauth2/revoke",)"
    R"("jwks_uri":"https://idp.example.com/oauth2/jwks",)"
    R"("scopes_supported":["openid","number-verification:verify",)"
    R"("number-verification:device-phone-number:read"],)"
    R"("response_types_supported":["code"],)"
    R"("response_modes_supported":["query"],)"
    R"("grant_types_supported":["authorization_code"],)"
    R"("code_challenge_methods_supported":["S256"],)"
    R"("prompt_values_supported":["none"],)"
    R"("authorization_response_iss_parameter_supported":true,)"
    R"("request_parameter_supported":false,)"
    R"("request_uri_parameter_supported":false,)"
    R"("claims_parameter_supported":false,)"
    R"("token_endpoint_auth_methods_supported":)"
    R"(["private_key_jwt","client_secret_basic","client_secret_post"],)"
    R"("token_endpoint_auth_signing_alg_values_supported":["ES256"],)"
    R"("revocation_endpoint_auth_methods_supported":)"
    R"(["private_key_jwt","client_secret_basic","client_secret_post"],)"
    R"("revocation_endpoint_auth_signing_alg_values_supported":["ES256"],)"
    R"("subject_types_supported":["pairwise"],)"
    R"("id_token_signing_alg_values_supported":["ES256"],)"
    R"("claims_supported":["iss","sub","aud","exp","iat","auth_time","nonce","amr"]})";

TEST_F(DocumentsTest, BothDiscoveryDocumentsSayWhatIsTrue) {
    http::Request request;
    request.method = http::Method::get;

    for (const auto& response :
         {endpoints_->openid_configuration(request), endpoints_->oauth_metadata(request)}) {
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "application/json");
        EXPECT_EQ(response.body, kGolden);
    }
}

TEST_F(DocumentsTest, NothingIsAdvertisedThatIsNotThere) {
    http::Request request;
    request.method = http::Method::get;
    const auto body = endpoints_->openid_configuration(request).body;

    for (const auto* const absent :
         {"backchannel",
          "bc-authorize",
          "ciba",
          "introspection",
          "userinfo",
          "registration",
          "refresh",
          "dpop"}) {
        EXPECT_EQ(body.find(absent), std::string::npos) << absent;
    }
}

TEST_F(DocumentsTest, TheKeysAreThoseOfTheSigner) {
    http::Request request;
    request.method = http::Method::head;

    const auto response = endpoints_->jwks(request);

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"keys":[{"kid":"ours"}]})");
}

TEST_F(DocumentsTest, OnlyReadingIsAllowed) {
    http::Request request;
    request.method = http::Method::post;

    for (const auto& response :
         {endpoints_->jwks(request),
          endpoints_->openid_configuration(request),
          endpoints_->oauth_metadata(request)}) {
        EXPECT_EQ(response.status, 405);
        EXPECT_EQ(
            response.fields.front(), (std::pair<std::string, std::string>{"Allow", "GET, HEAD"})
        );
    }
}

TEST(Metadata, PublishesTheFirstPathsBehindAnIssuerWithOrWithoutASlash) {
    AuthServerSettings settings;
    settings.issuer = "http://localhost:9091/";
    settings.authorize_paths = {"/oauth2/auth", "/oauth2/authorize"};

    const auto document = server_metadata(settings);

    EXPECT_NE(document.find(R"("issuer":"http://localhost:9091/")"), std::string::npos);
    EXPECT_NE(document.find(R"("http://localhost:9091/oauth2/auth")"), std::string::npos);
    EXPECT_EQ(document.find("/oauth2/authorize\""), std::string::npos);
}

TEST_F(DocumentsTest, MetricsCountWhatWasGivenAndWhy) {
    const auto response = token(good_exchange(new_code()));
    ASSERT_EQ(response.status, 200);
    numbers_.answer(Proof{Unproven::off_network});
    static_cast<void>(authorize(good_request()));
    std::vector<Sample> samples;
    metrics_.collect(samples);

    std::map<std::string, double> counted;
    for (const auto& sample : samples) {
        counted[sample.name + (sample.labels.empty() ? "" : "/" + sample.labels[0].second)] =
            sample.value;
    }

    EXPECT_EQ(counted["numproof_auth_codes_issued_total"], 1);
    EXPECT_EQ(counted["numproof_auth_tokens_issued_total"], 1);
    EXPECT_EQ(counted["numproof_auth_codes_refused_total/login_required"], 1);
    EXPECT_EQ(counted["numproof_auth_codes_refused_total/access_denied"], 0);
}

}  // namespace
}  // namespace numproof
