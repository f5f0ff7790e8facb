// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/token_endpoint.h"

#include "daemon/auth/id_token.h"
#include "tests/unit/auth/auth_test.h"

namespace numproof {
namespace {

using TokenEndpointTest = AuthTest;

std::string basic(std::string_view id, std::string_view secret) {
    return "Basic " + to_base64(std::string{id} + ":" + std::string{secret});
}

std::optional<std::string> field_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields) {
        if (http::equal_ignoring_case(key, name)) {
            return value;
        }
    }
    return std::nullopt;
}

Parameters without(Parameters parameters, const std::string& name) {
    parameters.erase(name);
    return parameters;
}

Parameters with(Parameters parameters, const std::string& name, std::string value) {
    parameters[name] = std::move(value);
    return parameters;
}

TEST_F(TokenEndpointTest, AGoodCodeGivesAToken) {
    const auto response = token(good_exchange(new_code()));

    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(field_of(response, "pragma"), "no-cache");
    EXPECT_EQ(member(response.body, "token_type"), "Bearer");
    EXPECT_NE(response.body.find("\"expires_in\":120,"), std::string::npos);
    EXPECT_EQ(
        member(response.body, "scope"),
        "openid dpv:FraudPreventionAndDetection number-verification:verify"
    );
    EXPECT_EQ(response.body.find("refresh"), std::string::npos);
    EXPECT_EQ(claim(member(response.body, "access_token")), ClaimOutcome::claimed);
}

TEST_F(TokenEndpointTest, TheTokenEndsWithItsLife) {
    const auto response = token(good_exchange(new_code()));

    clock_.advance(std::chrono::seconds{120});

    EXPECT_EQ(claim(member(response.body, "access_token")), ClaimOutcome::expired);
}

TEST_F(TokenEndpointTest, TheIdTokenSaysWhoForWhomAndHow) {
    const auto code = new_code();
    clock_.advance(std::chrono::seconds{10});

    const auto response = token(good_exchange(code));

    const auto id_token = member(response.body, "id_token");
    const auto first = id_token.find('.');
    const auto claims =
        parse_base64url(id_token.substr(first + 1, id_token.rfind('.') - first - 1)).value();
    EXPECT_EQ(
        claims,
        R"({"iss":"https://idp.example.com","sub":")" + pairwise_subject(vault_, "app", number_) +
            R"(","aud":"app","exp":1795341910,"iat":1795341610,"auth_time":1795341600,)"
            R"("nonce":"n-0S6_WzA2Mj","amr":["nba"]})"
    );
    EXPECT_NE(pairwise_subject(vault_, "app", number_), pairwise_subject(vault_, "other", number_));
}

TEST_F(TokenEndpointTest, R3_ACodeOfAFormerGenerationOfTheDirectoryIsRefused) {
    const auto code = new_code();
    vault_.adopt("next", SecretKey{std::string(32, 'n')});

    EXPECT_EQ(member(token(good_exchange(code)).body, "error"), "invalid_grant");
}

TEST_F(TokenEndpointTest, WithoutOpenidThereIsNoIdToken) {
    auto request = good_request();
    request["scope"] = std::string{kPurpose} + " number-verification:verify";
    const auto code = redirect_of(authorize(request))["code"];

    const auto response = token(good_exchange(code));

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.find("id_token"), std::string::npos);
}

TEST_F(TokenEndpointTest, ASecondPresentationIsRefusedAndRevokesWhatTheFirstGave) {
    const auto code = new_code();
    const auto first = token(good_exchange(code));
    const auto text = member(first.body, "access_token");
    ASSERT_EQ(claim(text), ClaimOutcome::claimed);

    const auto second = token(good_exchange(code));

    EXPECT_EQ(second.status, 400);
    EXPECT_EQ(fault_of(second), "invalid_grant code_presented_before");
    EXPECT_EQ(claim(text), ClaimOutcome::revoked);
}

TEST_F(TokenEndpointTest, AnotherClientGetsNothingAndRevokesWhatWasGiven) {
    const auto code = new_code();
    const auto text = member(token(good_exchange(code)).body, "access_token");

    const auto other = token(with(good_exchange(code), "client_id", "legacy"));

    EXPECT_EQ(member(other.body, "error"), "invalid_grant");
    EXPECT_EQ(claim(text), ClaimOutcome::revoked);
}

TEST_F(TokenEndpointTest, TheFirstAttemptOfAnAuthenticatedClientUsesTheCodeUpRightOrWrong) {
    struct Case {
        std::string name;
        std::string value;
        std::string expected;
    };

    const std::vector<Case> cases{
        {"client_id", "legacy", "invalid_grant code_of_another_client"},
        {"redirect_uri", "https://app.example/other", "invalid_grant redirect_uri"},
        {"redirect_uri", "", "invalid_grant redirect_uri"},
        {"code_verifier", "", "invalid_grant pkce_missing"},
        {"code_verifier", std::string(43, 'x'), "invalid_grant pkce_mismatch"},
        {"code_verifier", std::string{kChallenge}, "invalid_grant pkce_mismatch"},
        {"code_verifier", std::string{kVerifier} + "A", "invalid_grant pkce_mismatch"},
    };
    for (const auto& [name, value, expected] : cases) {
        clock_.advance(std::chrono::seconds{5});
        const auto code = new_code();

        const auto wrong = token(with(good_exchange(code), name, value));
        const auto right = token(good_exchange(code));

        EXPECT_EQ(wrong.status, 400);
        EXPECT_EQ(fault_of(wrong), expected);
        EXPECT_EQ(fault_of(right), "invalid_grant code_presented_before") << expected;
    }
}

TEST_F(TokenEndpointTest, AFailedClientAuthenticationDoesNotTouchTheCode) {
    const auto code = new_code();

    EXPECT_EQ(token(with(good_exchange(code), "client_secret", "wrong")).status, 401);
    EXPECT_EQ(token(without(good_exchange(code), "client_secret")).status, 401);
    EXPECT_EQ(token(with(good_exchange(code), "client_id", "nobody")).status, 401);

    EXPECT_EQ(token(good_exchange(code)).status, 200);
}

TEST_F(TokenEndpointTest, ADirectoryThatCannotBeUsedDoesNotTouchTheCode) {
    const auto code = new_code();
    standing_.stand(Standing::stale);

    const auto response = token(good_exchange(code));

    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(fault_of(response), "temporarily_unavailable stale");
    EXPECT_EQ(field_of(response, "retry-after"), "1");
    EXPECT_EQ(field_of(response, "www-authenticate"), std::nullopt);
    standing_.stand(Standing::usable);
    EXPECT_EQ(token(good_exchange(code)).status, 200);
}

TEST_F(TokenEndpointTest, AStoreThatDoesNotAnswerIsNotNow) {
    for (const auto fault : {StoreFault::unavailable, StoreFault::late, StoreFault::full}) {
        const auto code = new_code();
        faults_.schedule({fault});
        EXPECT_EQ(token(good_exchange(code)).status, 503);
        faults_.schedule({StoreFault::none, fault});
        EXPECT_EQ(token(good_exchange(code)).status, 503);
        clock_.advance(std::chrono::seconds{5});
    }
}

TEST_F(TokenEndpointTest, OnlyAWholeDirectoryMaySayUnknownCode) {
    const auto code = codec_.mint_code(Shard::of(proven_.subscriber)).text;
    EXPECT_EQ(fault_of(token(good_exchange(code))), "invalid_grant unknown_code");
    EXPECT_EQ(standing_.confirmed(), 1);

    standing_.confirm_as(Standing::rebuilding);
    EXPECT_EQ(token(good_exchange(code)).status, 503);

    standing_.fail_with(ErrorCode::store_unavailable);
    EXPECT_EQ(token(good_exchange(code)).status, 503);
}

TEST_F(TokenEndpointTest, AMadeUpCodeNeverReachesTheStore) {
    faults_.always(StoreFault::unavailable);

    const auto response = token(good_exchange("SplxlOBeZQQYbYS6WxSbIA"));

    EXPECT_EQ(fault_of(response), "invalid_grant unknown_code");
}

TEST_F(TokenEndpointTest, ACodeIsGoodForSixtySeconds) {
    const auto early = new_code();
    clock_.advance(std::chrono::milliseconds{59999});
    EXPECT_EQ(token(good_exchange(early)).status, 200);

    const auto late = new_code();
    clock_.advance(std::chrono::seconds{60});
    EXPECT_EQ(fault_of(token(good_exchange(late))), "invalid_grant code_expired");
}

TEST_F(TokenEndpointTest, ASubscriberWhoChangedInBetweenGetsNoToken) {
    const auto swapped = new_code();
    put_subscriber({.state = SubscriberState::active, .epoch = 8});
    EXPECT_EQ(fault_of(token(good_exchange(swapped))), "invalid_grant subscriber_changed");

    proven_.epoch = 8;
    numbers_.answer(Proof{proven_});
    const auto suspended = new_code();
    put_subscriber({.state = SubscriberState::suspended, .epoch = 8});
    EXPECT_EQ(fault_of(token(good_exchange(suspended))), "invalid_grant subscriber_changed");
}

TEST_F(TokenEndpointTest, AMissingSubscriberRecordIsOurFaultAndNotAnAnswer) {
    proven_.msisdn = Msisdn::parse("+34600000099").value();
    proven_.subscriber = vault_.subscriber_id(proven_.msisdn);
    numbers_.answer(Proof{proven_});

    const auto response = token(good_exchange(new_code()));

    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(fault_of(response), "temporarily_unavailable subscriber_missing");
}

TEST_F(TokenEndpointTest, ThePolicyOfTheRedirectAddressIsTheClients) {
    using Policy = Client::RedirectAtToken;

    struct Case {
        Policy policy;
        std::string presented;
        int expected;
    };

    const auto callback = std::string{kCallback};
    const std::vector<Case> cases{
        {Policy::exact, callback, 200},
        {Policy::exact, "", 400},
        {Policy::exact, "whatever", 400},
        {Policy::optional, callback, 200},
        {Policy::optional, "", 200},
        {Policy::optional, "whatever", 400},
        {Policy::ignored, callback, 200},
        {Policy::ignored, "", 200},
        {Policy::ignored, "whatever", 200},
    };
    for (const auto& [policy, presented, expected] : cases) {
        client("app").redirect_uri_at_token = policy;

        const auto response = token(with(good_exchange(new_code()), "redirect_uri", presented));

        EXPECT_EQ(response.status, expected) << static_cast<int>(policy) << presented;
        clock_.advance(std::chrono::seconds{5});
    }
}

TEST_F(TokenEndpointTest, AVerifierThatNobodyAskedForIsRefused) {
    client("app").pkce = Client::Pkce::optional;
    auto request = good_request();
    request.erase("code_challenge");
    request.erase("code_challenge_method");
    const auto first = redirect_of(authorize(request))["code"];
    const auto second = redirect_of(authorize(request))["code"];

    EXPECT_EQ(fault_of(token(good_exchange(first))), "invalid_grant pkce_not_expected");
    EXPECT_EQ(token(without(good_exchange(second), "code_verifier")).status, 200);
}

TEST_F(TokenEndpointTest, OtherGrantsAndIncompleteRequestsAreNamed) {
    const auto code = new_code();
    const auto good = good_exchange(code);

    EXPECT_EQ(
        fault_of(token(with(good, "grant_type", "client_credentials"))),
        "unsupported_grant_type grant_type"
    );
    EXPECT_EQ(
        fault_of(token(with(good, "grant_type", "refresh_token"))),
        "unsupported_grant_type grant_type"
    );
    EXPECT_EQ(fault_of(token(without(good, "grant_type"))), "invalid_request grant_type_missing");
    EXPECT_EQ(fault_of(token(without(good, "code"))), "invalid_request code_missing");
    EXPECT_EQ(token(good).status, 200) << "none of these touched the code";
}

TEST_F(TokenEndpointTest, OnlyAFormIsRead) {
    const auto form = to_form(good_exchange(new_code()));
    for (const auto& [type, body, expected] : std::vector<std::array<std::string, 3>>{
             {"application/json", R"({"grant_type":"authorization_code"})", "media_type"},
             {"multipart/form-data", form, "media_type"},
             {"application/x-www-form-urlencoded", form + "&code=x", "parameter_repeated"},
             {"application/x-www-form-urlencoded", form + "&x=%", "form_malformed"},
         }) {
        http::Request request;
        request.method = http::Method::post;
        request.fields.push_back({"content-type", type});
        request.body = body;

        const auto response = run_now(endpoints_->token(request, deadline()));

        EXPECT_EQ(response.status, 400);
        EXPECT_EQ(fault_of(response), "invalid_request " + expected);
    }
    http::Request get;
    get.method = http::Method::get;
    get.query = form;
    EXPECT_EQ(run_now(endpoints_->token(get, deadline())).status, 405);
}

TEST_F(TokenEndpointTest, BasicIsFormDecodedAndCheckedWithItsOwnChallenge) {
    const auto good = without(without(good_exchange(new_code()), "client_secret"), "client_id");

    const auto wrong = token(good, {{"Authorization", "Basic YXBwOndyb25n"}});
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(field_of(wrong, "www-authenticate"), R"(Basic realm="numproof")");
    const auto encoded = basic("a%70p", "s3c%72et");
    EXPECT_EQ(token(good, {{"authorization", encoded}}).status, 200);
}

TEST_F(TokenEndpointTest, AClientThatDidNotUseAuthorizationGetsNoChallenge) {
    const auto response = token(with(good_exchange(new_code()), "client_secret", "wrong"));

    EXPECT_EQ(fault_of(response), "invalid_client client_authentication_failed");
    EXPECT_EQ(field_of(response, "www-authenticate"), std::nullopt);
}

TEST_F(TokenEndpointTest, BadWaysOfAuthenticatingAreNamed) {
    struct Case {
        Parameters parameters;
        std::string authorization;
        int status;
        std::string reason;
    };

    const auto good = good_exchange(new_code());
    const auto bare = without(without(good, "client_secret"), "client_id");
    const auto app = basic("app", "s3cret");
    const std::vector<Case> cases{
        {good, app, 400, "more_than_one_client_authentication"},
        {with(good, "client_assertion", "x"), "", 400, "more_than_one_client_authentication"},
        {with(bare, "client_assertion", "x"), app, 400, "more_than_one_client_authentication"},
        {with(bare, "client_id", "legacy"), app, 400, "client_id_differs"},
        {bare, "", 401, "no_client_authentication"},
        {with(bare, "client_secret", "s3cret"), "", 401, "client_id_missing"},
        {bare, "Bearer x", 401, "authorization_scheme"},
        {bare, "Basic", 401, "authorization_scheme"},
        {bare, "Basic !!!!", 401, "authorization_malformed"},
        {bare, "Basic " + to_base64("app"), 401, "authorization_malformed"},
        {bare, "Basic " + to_base64("a%p:s3cret"), 401, "authorization_malformed"},
        {bare, basic("jwt", ""), 401, "client_authentication_failed"},
        {with(bare, "client_assertion", "x"), "", 401, "assertion_type"},
    };
    for (const auto& [parameters, authorization, status, reason] : cases) {
        std::vector<http::Field> fields;
        if (!authorization.empty()) {
            fields.push_back({"Authorization", authorization});
        }

        const auto response = token(parameters, fields);

        EXPECT_EQ(response.status, status) << reason;
        EXPECT_EQ(member(response.body, "error_description"), reason);
    }
    EXPECT_EQ(token(good).status, 200) << "none of these touched the code";
}

TEST_F(TokenEndpointTest, AMethodThatTheClientIsNotRegisteredForIsRefused) {
    client("app").auth_methods = {ClientAuthMethod::client_secret_basic};
    const auto post = good_exchange(new_code());
    const auto bare = without(post, "client_secret");
    const auto secret = basic("app", "s3cret");

    EXPECT_EQ(token(post).status, 401);
    EXPECT_EQ(token(bare, {{"Authorization", secret}}).status, 200);
}

TEST_F(TokenEndpointTest, EveryAnswerToAKnownClientHasOneAuditEvent) {
    const auto code = new_code();
    const auto before = audit_log_.entries().size();

    const auto response = token(good_exchange(code));
    ASSERT_EQ(audit_log_.entries().size(), before + 1);
    EXPECT_EQ(audit_log_.entries().back().kind, AuditKind::token_issued);
    EXPECT_EQ(member(last_event(), "operation"), "token");
    EXPECT_EQ(member(last_event(), "result"), "issued");
    EXPECT_EQ(member(last_event(), "method"), "network");
    EXPECT_EQ(last_event().find(member(response.body, "access_token")), std::string::npos);
    EXPECT_EQ(last_event().find("34600000001"), std::string::npos);

    static_cast<void>(token(good_exchange(code)));
    ASSERT_EQ(audit_log_.entries().size(), before + 2);
    EXPECT_EQ(audit_log_.entries().back().kind, AuditKind::authorization_denied);
    EXPECT_EQ(member(last_event(), "reason"), "code_presented_before");
    EXPECT_EQ(member(last_event(), "code"), "invalid_grant");
}

TEST_F(TokenEndpointTest, WithoutAnAuditEventThereIsNoToken) {
    const auto code = new_code();
    audit_log_.fail_with(ErrorCode::io_failure);

    const auto response = token(good_exchange(code));

    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.body.find("access_token"), std::string::npos);
}

TEST_F(TokenEndpointTest, ACodeThatDoesNotOpenRaisesAnAlarm) {
    const auto code = codec_.mint_code(Shard::of(proven_.subscriber));
    GrantHeader header;
    header.not_after = clock_.wall_now() + Milliseconds{60000};
    KeepRequest keep{
        .key = code.key,
        .grant = {.header = header, .sealed = "x"},
        .now = clock_.wall_now(),
        .remember = Milliseconds{1000},
    };
    ASSERT_TRUE(run_now(memory_.keep_code(std::move(keep), deadline())).has_value());

    const auto response = token(good_exchange(code.text));

    EXPECT_EQ(fault_of(response), "invalid_grant integrity_failure");
    EXPECT_EQ(audit_log_.entries().back().kind, AuditKind::integrity);
    ASSERT_EQ(log_.lines().size(), 1U);
    EXPECT_TRUE(log_.lines().front().starts_with("NP-AUTH-001"));
}

TEST_F(TokenEndpointTest, AnIdTokenThatCannotBeSignedLeavesNoTokenBehind) {
    const auto code = new_code();
    signer_.break_down();

    const auto response = token(good_exchange(code));

    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(log_.lines().front().starts_with("NP-AUTH-002"));
}

TEST_F(TokenEndpointTest, ACodeOlderThanAFailoverIsRefused) {
    const auto code = new_code();
    standing_.trust_since(clock_.wall_now() + Milliseconds{1});

    EXPECT_EQ(fault_of(token(good_exchange(code))), "invalid_grant code_predates_failover");
}

// A Redis that came back without its newest writes has a used code fresh again, and we may not yet
// know that it is another life.
TEST_F(TokenEndpointTest, R13_ACodeIsNotTouchedInALifeOfTheStoreThatWeDoNotKnow) {
    const auto code = new_code();
    const auto known = standing_.basis().incarnation;
    standing_.live_as("a life before");

    EXPECT_EQ(token(good_exchange(code)).status, 503);

    standing_.live_as(known);
    EXPECT_EQ(token(good_exchange(code)).status, 200);
}

TEST_F(TokenEndpointTest, ALegacyClientSignsInByItsOwnHabits) {
    const std::string scope = std::string{kPurpose} + "#number-verification-verify-read";
    const auto code = redirect_of(authorize({
        {"client_id", "legacy"},
        {"redirect_uri", std::string{kCallback}},
        {"response_type", "code"},
        {"scope", scope},
    }))["code"];

    const auto response = token(
        {{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", "whatever"}},
        {{"Authorization", "Basic bGVnYWN5OnMzY3JldA=="}}
    );

    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(member(response.body, "scope"), scope);
    EXPECT_EQ(member(response.body, "id_token"), "<none>");
    EXPECT_EQ(claim(member(response.body, "access_token")), ClaimOutcome::claimed);
}

}  // namespace
}  // namespace numproof
