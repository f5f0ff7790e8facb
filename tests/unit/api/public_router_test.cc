// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/public_router.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fakes/api_stand.h"

namespace numproof {
namespace {

Call call_of(std::string method, std::string path) {
    Call call;
    call.method = std::move(method);
    call.path = std::move(path);
    return call;
}

class PublicRouterTest : public testing::Test {
protected:
    bool says(const http::Response& response, std::string_view text) const {
        return response.body.find(text) != std::string::npos;
    }

    ApiStand stand_;
};

TEST_F(PublicRouterTest, UnknownPathsSpeakTheProfileOfTheMountAboveThem) {
    const struct {
        const char* path;
        const char* code;
    } cases[]{
        {"/v0", "\"code\":60"},
        {"/v0/", "\"code\":60"},
        {"/v0/verify/", "\"code\":60"},
        {"/v0/verify/x", "\"code\":60"},
        {"/v0/Verify", "\"code\":60"},
        {"/v0/%76erify", "\"code\":60"},
        {"/orange2/x", "\"code\":60"},
        {"/v2/verifyx", "\"code\":\"NOT_FOUND\""},
        {"/camara0/x", "\"code\":\"NOT_FOUND\""},
        {"/v00/verify", "\"code\":\"NOT_FOUND\""},
        {"/", "\"code\":\"NOT_FOUND\""},
        {"/verify", "\"code\":\"NOT_FOUND\""},
        {"/oauth2", "\"code\":\"NOT_FOUND\""},
        {"//v0/verify", "\"code\":\"NOT_FOUND\""},
    };

    for (const auto& test : cases) {
        const auto response = stand_.send(call_of("POST", test.path));
        EXPECT_EQ(response.status, 404) << test.path;
        EXPECT_TRUE(says(response, test.code)) << test.path << " " << response.body;
    }
}

TEST_F(PublicRouterTest, AWrongMethodIs405AndSaysWhichAreRight) {
    const struct {
        const char* path;
        std::vector<const char*> methods;
        const char* allow;
    } cases[]{
        {"/v0/verify",
         {"GET", "HEAD", "PUT", "TRACE", "CONNECT", "QUERY", "post"},
         "POST, OPTIONS"},
        {"/v2/device-phone-number", {"POST", "HEAD", "DELETE", "PATCH"}, "GET, OPTIONS"},
        {"/oauth2/authorize", {"HEAD", "PUT"}, "GET, POST, OPTIONS"},
        {"/v0/authorize", {"HEAD"}, "GET, POST, OPTIONS"},
        {"/oauth2/token", {"GET", "HEAD"}, "POST, OPTIONS"},
        {"/oauth2/revoke", {"GET"}, "POST, OPTIONS"},
        {"/oauth2/jwks", {"POST", "TRACE"}, "GET, HEAD, OPTIONS"},
        {"/.well-known/openid-configuration", {"POST"}, "GET, HEAD, OPTIONS"},
    };

    for (const auto& test : cases) {
        for (const auto* method : test.methods) {
            const auto response = stand_.send(call_of(method, test.path).with("x-correlator", "c"));
            EXPECT_EQ(response.status, 405) << method << test.path;
            EXPECT_EQ(ApiStand::field(response, "Allow"), test.allow);
            EXPECT_EQ(ApiStand::field(response, "x-correlator"), "c");
        }
    }
}

TEST_F(PublicRouterTest, ErrorsUnderOauthPathsHaveOauthsForm) {
    EXPECT_EQ(stand_.send(call_of("GET", "/oauth2/token")).body, R"({"error":"invalid_request"})");
    EXPECT_EQ(
        stand_.router.refuse(http::Refusal::overloaded, "/oauth2/authorize").body,
        R"({"error":"temporarily_unavailable"})"
    );
}

TEST_F(PublicRouterTest, OptionsSaysWhatIsAllowedWithoutABody) {
    for (const auto* path : {"/v1/verify", "/v1/device-phone-number", "/oauth2/token"}) {
        const auto response = stand_.send(call_of("OPTIONS", path));
        EXPECT_EQ(response.status, 204);
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(response.content_type, "");
        EXPECT_NE(ApiStand::field(response, "Allow"), "(none)");
    }
    EXPECT_EQ(stand_.send(call_of("OPTIONS", "/v1/x")).status, 404);
}

TEST_F(PublicRouterTest, OauthPathsReachTheirEndpoints) {
    const struct {
        const char* method;
        const char* path;
        const char* endpoint;
    } cases[]{
        {"GET", "/oauth2/authorize", "authorize from 0.0.0.0"},
        {"POST", "/oauth2/authorize", "authorize from 0.0.0.0"},
        {"GET", "/v0/authorize", "authorize from 0.0.0.0"},
        {"POST", "/oauth2/token", "token"},
        {"POST", "/oauth2/revoke", "revoke"},
        {"GET", "/oauth2/jwks", "jwks"},
        {"HEAD", "/oauth2/jwks", "jwks"},
        {"GET", "/.well-known/openid-configuration", "openid_configuration"},
        {"GET", "/.well-known/oauth-authorization-server", "oauth_metadata"},
    };

    for (const auto& test : cases) {
        EXPECT_EQ(stand_.send(call_of(test.method, test.path)).body, test.endpoint) << test.path;
    }
}

TEST_F(PublicRouterTest, ASourceThatCannotBeToldIsHandedOnAsSuch) {
    const auto call = call_of("GET", "/oauth2/authorize").with("x-lost", "1");

    EXPECT_EQ(stand_.send(call).body, "authorize from nowhere");
}

TEST_F(PublicRouterTest, GateRefusalsSpeakTheProfileOfThePath) {
    using http::Refusal;

    const struct {
        Refusal refusal;
        const char* path;
        int status;
        const char* code;
    } cases[]{
        {Refusal::malformed, "/v0/verify", 400, "\"code\":26"},
        {Refusal::timeout, "/v0/verify", 408, "\"code\":63"},
        {Refusal::length_required, "/v0/verify", 411, "\"code\":64"},
        {Refusal::body_too_large, "/v0/verify", 413, "\"code\":66"},
        {Refusal::uri_too_long, "/v0/x", 414, "\"code\":67"},
        {Refusal::expectation_failed, "/orange2/verify", 417, "\"code\":26"},
        {Refusal::misdirected, "/v0/verify", 421, "\"code\":26"},
        {Refusal::head_too_large, "/v0/verify", 431, "\"code\":26"},
        {Refusal::overloaded, "/v0/verify", 503, "\"code\":6,"},
        {Refusal::version_not_supported, "/v0/verify", 505, "\"code\":26"},
        {Refusal::malformed, "", 400, "INVALID_ARGUMENT"},
        {Refusal::malformed, "/v2/verify", 400, "INVALID_ARGUMENT"},
        {Refusal::timeout, "/v2/verify", 408, "REQUEST_TIMEOUT"},
        {Refusal::misdirected, "/v2/verify", 421, "MISDIRECTED_REQUEST"},
    };

    for (const auto& test : cases) {
        const auto response = stand_.router.refuse(test.refusal, test.path);
        EXPECT_EQ(response.status, test.status);
        EXPECT_TRUE(says(response, test.code)) << response.body;
    }
}

TEST_F(PublicRouterTest, RefusalsOfDecidingEndpointsAreNotedForTheAuditTrail) {
    (void)stand_.router.refuse(http::Refusal::malformed, "/v0/verify");
    (void)stand_.router.refuse(http::Refusal::malformed, "/nowhere");
    (void)stand_.send(call_of("PUT", "/oauth2/token"));
    (void)stand_.send(call_of("PUT", "/oauth2/jwks"));

    ASSERT_EQ(stand_.audit.entries().size(), 2U);
    EXPECT_EQ(stand_.audit.entries()[0].kind, AuditKind::verification_denied);
    EXPECT_EQ(stand_.audit.entries()[1].kind, AuditKind::authorization_denied);
}

TEST_F(PublicRouterTest, DrainsWhenTheFlagIsUp) {
    EXPECT_FALSE(stand_.router.draining());

    stand_.draining = true;

    EXPECT_TRUE(stand_.router.draining());
}

TEST_F(PublicRouterTest, CountsRequestsByOperationCodeAndOutcome) {
    (void)stand_.send(ApiStand::verify_call("/v2", stand_.token()));
    (void)stand_.send(ApiStand::verify_call("/v2", "made-up"));
    (void)stand_.send(call_of("GET", "/nowhere"));
    stand_.standing.stand(Standing::stale);
    (void)stand_.send(ApiStand::share_call("/v2", stand_.token()));
    (void)stand_.router.refuse(http::Refusal::timeout, "/v2/verify");
    std::vector<Sample> samples;

    stand_.http_metrics.collect(samples);

    const auto value_of = [&samples](std::vector<std::string> wanted) {
        for (const auto& sample : samples) {
            if (sample.kind == Sample::Kind::counter && sample.labels[0].second == wanted[0] &&
                sample.labels[1].second == wanted[1] && sample.labels[2].second == wanted[2]) {
                return sample.value;
            }
        }
        return 0.0;
    };
    EXPECT_EQ(value_of({"verify", "200", "answered"}), 1);
    EXPECT_EQ(value_of({"verify", "401", "refused"}), 1);
    EXPECT_EQ(value_of({"verify", "408", "refused"}), 1);
    EXPECT_EQ(value_of({"none", "404", "refused"}), 1);
    EXPECT_EQ(value_of({"device-phone-number", "503", "error"}), 1);
}

TEST(RouteTable, ANodeOffersOnlyWhatItsRolesAllow) {
    Offer auth_only;
    auth_only.oauth = Offer::Oauth::present;
    auth_only.token_paths = {"/oauth2/token"};
    const RouteTable auth{auth_only};
    EXPECT_EQ(auth.find("/oauth2/token").endpoint, Endpoint::token);
    EXPECT_EQ(auth.find("/number-verification/v2/verify").endpoint, Endpoint::none);

    Offer api_only;
    api_only.mounts = {Mount{
        .prefix = "/number-verification/v2/",
        .contract = ContractVersion::v2,
        .errors = ErrorProfile::camara}};
    api_only.token_paths = {"/oauth2/token"};
    const RouteTable api{api_only};
    EXPECT_EQ(api.find("/number-verification/v2/verify").endpoint, Endpoint::verify);
    EXPECT_EQ(api.find("/oauth2/token").endpoint, Endpoint::none);
    EXPECT_EQ(api.find("/oauth2/jwks").endpoint, Endpoint::none);
}

TEST(RouteTable, NestedMountsCoverByTheLongestPrefix) {
    Offer offer;
    const auto mount = [](std::string prefix, ErrorProfile errors) {
        return Mount{
            .prefix = std::move(prefix), .contract = ContractVersion::v0, .errors = errors};
    };
    offer.mounts = {
        mount("/nv", ErrorProfile::camara),
        mount("/nv/v0", ErrorProfile::orange),
        mount("/camara/nv/v031", ErrorProfile::camara)};
    const RouteTable routes{offer};

    EXPECT_EQ(routes.find("/nv/verify").mount->prefix, "/nv");
    EXPECT_EQ(routes.find("/nv/v0/verify").mount->prefix, "/nv/v0");
    EXPECT_EQ(routes.find("/nv/v0/x").mount->prefix, "/nv/v0");
    EXPECT_EQ(routes.find("/nv/v1/x").mount->prefix, "/nv");
    EXPECT_EQ(routes.find("/nvx").mount, nullptr);
    EXPECT_EQ(
        routes.find("/camara/nv/v031/device-phone-number").endpoint, Endpoint::device_phone_number
    );
}

}  // namespace
}  // namespace numproof
