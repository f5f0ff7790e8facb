// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/authorize.h"

#include "tests/unit/auth/auth_test.h"

namespace numproof {
namespace {

using AuthorizeTest = AuthTest;

// One parameter set to another value; "-" takes it away.
struct Change {
    std::string name;
    std::string value;
    std::string expected;
};

Parameters changed(Parameters parameters, const Change& change) {
    parameters[change.name] = change.value;
    if (change.value == "-") {
        parameters.erase(change.name);
    }
    return parameters;
}

TEST_F(AuthorizeTest, GivesACodeInOnePlainRedirect) {
    const auto response = authorize(good_request());

    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.content_type, "");
    auto redirect = redirect_of(response);
    EXPECT_EQ(redirect["@"], kCallback);
    EXPECT_EQ(redirect["state"], "af0if jsldkj/&=");
    EXPECT_EQ(redirect["iss"], "https://idp.example.com");
    EXPECT_EQ(redirect.count("error"), 0U);
    EXPECT_TRUE(codec_.read_code(redirect["code"]).has_value());
}

TEST_F(AuthorizeTest, AsksForTheAddressThatItWasGiven) {
    static_cast<void>(authorize(good_request()));

    ASSERT_EQ(numbers_.asked().size(), 1U);
    EXPECT_EQ(numbers_.asked().front().address.to_text(), "10.45.0.7");
    EXPECT_EQ(numbers_.asked().front().port, 4711);
}

TEST_F(AuthorizeTest, AFormInAPostIsReadAndItsQueryIsNot) {
    const auto body = to_form(good_request());
    http::Request request;
    request.method = http::Method::post;
    request.query = "client_id=nobody";
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = body;

    EXPECT_EQ(redirect_of(authorize_raw(request)).count("code"), 1U);
}

TEST_F(AuthorizeTest, ToldHereWhereNothingMayBeRedirected) {
    const std::vector<Change> cases{
        {"client_id", "-", "client_id"},
        {"client_id", "nobody", "unknown_client"},
        {"redirect_uri", "-", "redirect_uri"},
        {"redirect_uri", "https://app.example/cb/", "redirect_uri"},
        {"redirect_uri", "https://app.example/cb?x=1", "redirect_uri"},
        {"redirect_uri", "https://APP.example/cb", "redirect_uri"},
        {"redirect_uri", "https://evil.example/cb", "redirect_uri"},
    };
    for (const auto& change : cases) {
        const auto response = authorize(changed(good_request(), change));

        EXPECT_EQ(response.status, 400) << change.value;
        EXPECT_EQ(response.content_type, "application/json");
        EXPECT_EQ(fault_of(response), "invalid_request " + change.expected);
        EXPECT_TRUE(redirect_of(response).empty());
    }
}

TEST_F(AuthorizeTest, ToldHereWhenClientOrAddressAreRepeatedOrUnreadable) {
    const auto good = to_form(good_request());
    for (const auto& query :
         {good + "&client_id=app", good + "&redirect_uri=https://evil.example", good + "&x=%zz"}) {
        http::Request request;
        request.method = http::Method::get;
        request.query = query;

        EXPECT_EQ(authorize_raw(request).status, 400) << query;
    }
}

TEST_F(AuthorizeTest, EveryOtherFaultIsRedirectedWithItsReason) {
    const std::string long_state(513, 's');
    const std::string long_nonce(256, 'n');
    const auto purpose = std::string{kPurpose};
    const std::vector<Change> cases{
        {"response_type", "-", "invalid_request response_type_missing"},
        {"response_type", "token", "unsupported_response_type response_type"},
        {"response_type", "code id_token", "unsupported_response_type response_type"},
        {"response_mode", "fragment", "invalid_request response_mode"},
        {"response_mode", "form_post", "invalid_request response_mode"},
        {"code_challenge", "-", "invalid_request pkce_missing"},
        {"code_challenge", "short", "invalid_request pkce_challenge"},
        {"code_challenge", std::string(43, '!'), "invalid_request pkce_challenge"},
        {"code_challenge_method", "-", "invalid_request pkce_method"},
        {"code_challenge_method", "plain", "invalid_request pkce_method"},
        {"code_challenge_method", "s256", "invalid_request pkce_method"},
        {"request", "e30.e30.e30", "request_not_supported request_object"},
        {"request_uri", "https://x/", "request_uri_not_supported request_uri"},
        {"nonce", long_nonce, "invalid_request nonce_too_long"},
        {"scope", "-", "invalid_scope no_api_scope"},
        {"scope", "openid", "invalid_scope no_api_scope"},
        {"scope", "openid " + purpose, "invalid_scope no_api_scope"},
        {"scope", "openid number-verification:verify", "invalid_scope no_purpose"},
        {"scope",
         "number-verification:verify dpv:ServiceProvision " + purpose,
         "invalid_scope more_than_one_purpose"},
        {"scope", "number-verification:verify dpv:Marketing", "invalid_scope purpose_not_allowed"},
        {"scope", "sim-swap:check " + purpose, "invalid_scope unknown_scope"},
        {"scope", "number-verification-verify-read " + purpose, "invalid_scope unknown_scope"},
        {"scope", purpose + "#number-verification:verify", "invalid_scope purpose_not_allowed"},
    };
    for (const auto& change : cases) {
        const auto response = authorize(changed(good_request(), change));

        EXPECT_EQ(response.status, 302) << change.expected;
        EXPECT_EQ(error_of(response), change.expected) << change.value;
        auto redirect = redirect_of(response);
        EXPECT_EQ(redirect["state"], "af0if jsldkj/&=");
        EXPECT_EQ(redirect["iss"], "https://idp.example.com");
        EXPECT_EQ(redirect.count("code"), 0U);
    }
    EXPECT_TRUE(numbers_.asked().empty()) << "a bad request must not resolve anybody";
    const auto response = authorize(changed(good_request(), {"state", long_state, ""}));
    EXPECT_EQ(error_of(response), "invalid_request state_too_long");
    EXPECT_EQ(redirect_of(response).count("state"), 0U);
}

TEST_F(AuthorizeTest, RepeatedParametersAreAnInvalidRequest) {
    for (const auto* const again : {"&scope=openid", "&state=x", "&foo=1&foo=2"}) {
        const auto query = to_form(good_request()) + again;
        http::Request request;
        request.method = http::Method::get;
        request.query = query;

        EXPECT_EQ(error_of(authorize_raw(request)), "invalid_request parameter_repeated") << again;
    }
}

TEST_F(AuthorizeTest, IgnoresWhatMustNotMatter) {
    for (const auto& [name, value] : Parameters{
             {"prompt", "login consent"},
             {"prompt", "none"},
             {"login_hint", "tel:+34699999999"},
             {"acr_values", "2"},
             {"max_age", "0"},
             {"display", "popup"},
             {"purpose", "anything"},
             {"dev_print", "\xff"},
             {"response_mode", "query"},
             {"request", ""},
         }) {
        const auto response = authorize(changed(good_request(), {name, value, ""}));

        EXPECT_EQ(redirect_of(response).count("code"), 1U) << name;
    }
}

TEST_F(AuthorizeTest, AClientWithoutPkceMayLeaveItOutButNotDoItBadly) {
    auto request = good_request();
    request["client_id"] = "legacy";
    request.erase("code_challenge");
    EXPECT_EQ(error_of(authorize(request)), "invalid_request pkce_missing")
        << "a method without a challenge";

    request.erase("code_challenge_method");
    EXPECT_EQ(redirect_of(authorize(request)).count("code"), 1U);
}

TEST_F(AuthorizeTest, WhatAnAddressDoesNotProveIsTheConfiguredError) {
    const std::vector<std::pair<Unproven, std::string>> cases{
        {Unproven::off_network, "login_required off_network"},
        {Unproven::outside_domains, "login_required outside_domains"},
        {Unproven::conflict, "login_required conflict"},
        {Unproven::port_unknown, "login_required port_unknown"},
        {Unproven::non_3gpp_access, "login_required non_3gpp_access"},
        {Unproven::number_unknown, "login_required number_unknown"},
        {Unproven::binding_outdated, "login_required binding_outdated"},
        {Unproven::gateway_restarted, "login_required gateway_restarted"},
        {Unproven::interims_missing, "login_required interims_missing"},
        {Unproven::integrity_failure, "login_required integrity_failure"},
        {Unproven::subscriber_inactive, "access_denied subscriber_inactive"},
    };
    for (const auto& [reason, expected] : cases) {
        numbers_.answer(Proof{reason});
        EXPECT_EQ(error_of(authorize(good_request())), expected);
        EXPECT_EQ(member(last_event(), "reason"), name_of(reason));
        EXPECT_EQ(
            member(last_event(), "result"),
            reason == Unproven::subscriber_inactive ? "refused" : "unknown"
        );
    }
}

TEST_F(AuthorizeTest, ADeviceWithoutAnAddressIsNobody) {
    const auto query = to_form(good_request());
    http::Request request;
    request.method = http::Method::get;
    request.query = query;

    const auto response = run_now(endpoints_->authorize(request, std::nullopt, deadline()));

    EXPECT_EQ(error_of(response), "login_required source_unknown");
    EXPECT_TRUE(numbers_.asked().empty());
}

TEST_F(AuthorizeTest, NotNowIsNeverNobody) {
    for (const auto standing :
         {Standing::starting,
          Standing::store_unavailable,
          Standing::rebuilding,
          Standing::stale,
          Standing::clock_disagrees}) {
        standing_.stand(standing);
        EXPECT_EQ(
            error_of(authorize(good_request())),
            "temporarily_unavailable " + std::string{name_of(standing)}
        );
    }
    EXPECT_TRUE(numbers_.asked().empty());
    standing_.stand(Standing::usable);
    numbers_.answer(fail(ErrorCode::deadline_exceeded));
    EXPECT_EQ(error_of(authorize(good_request())), "temporarily_unavailable deadline_exceeded");
    numbers_.answer(Proof{proven_});
    faults_.always(StoreFault::unavailable);
    EXPECT_EQ(error_of(authorize(good_request())), "temporarily_unavailable store_unavailable");
}

TEST_F(AuthorizeTest, ASubscriberCannotBeSignedInWithoutEnd) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(redirect_of(authorize(good_request())).count("code"), 1U);
    }

    EXPECT_EQ(error_of(authorize(good_request())), "temporarily_unavailable rate_limited");

    clock_.advance(std::chrono::seconds{2});
    EXPECT_EQ(redirect_of(authorize(good_request())).count("code"), 1U);
}

TEST_F(AuthorizeTest, EveryAnswerToAKnownClientHasOneAuditEvent) {
    static_cast<void>(authorize(good_request()));
    ASSERT_EQ(audit_log_.entries().size(), 1U);
    EXPECT_EQ(audit_log_.entries().back().kind, AuditKind::token_issued);
    EXPECT_EQ(member(last_event(), "operation"), "authorize");
    EXPECT_EQ(member(last_event(), "result"), "issued");
    EXPECT_EQ(member(last_event(), "client_id"), "app");
    EXPECT_EQ(member(last_event(), "purpose"), kPurpose);
    EXPECT_NE(member(last_event(), "subscriber_ref"), "<none>");

    numbers_.answer(Proof{Unproven::off_network});
    static_cast<void>(authorize(good_request()));
    ASSERT_EQ(audit_log_.entries().size(), 2U);
    EXPECT_EQ(audit_log_.entries().back().kind, AuditKind::authorization_denied);
    EXPECT_EQ(member(last_event(), "code"), "login_required");

    auto elsewhere = good_request();
    elsewhere["redirect_uri"] = "https://evil.example/";
    static_cast<void>(authorize(elsewhere));
    ASSERT_EQ(audit_log_.entries().size(), 3U);
    EXPECT_EQ(member(last_event(), "client_id"), "app");
    EXPECT_EQ(member(last_event(), "reason"), "redirect_uri");
}

TEST_F(AuthorizeTest, WithoutAnAuditEventThereIsNoCode) {
    audit_log_.fail_with(ErrorCode::spool_full);

    const auto response = authorize(good_request());

    EXPECT_EQ(error_of(response), "temporarily_unavailable audit_unavailable");
    EXPECT_EQ(redirect_of(response).count("code"), 0U);

    auto elsewhere = good_request();
    elsewhere["redirect_uri"] = "https://evil.example/";
    EXPECT_EQ(authorize(elsewhere).status, 503);
}

TEST_F(AuthorizeTest, NeitherNumberNorCodeGetsIntoTheAuditTrail) {
    const auto code = new_code();

    EXPECT_EQ(last_event().find("34600000001"), std::string::npos);
    EXPECT_EQ(last_event().find(code), std::string::npos);
}

TEST_F(AuthorizeTest, AQueryInTheRegisteredAddressIsKept) {
    client("app").redirect_uris = {"https://app.example/cb?from=us"};
    auto request = good_request();
    request["redirect_uri"] = "https://app.example/cb?from=us";

    auto redirect = redirect_of(authorize(request));

    EXPECT_EQ(redirect["@"], "https://app.example/cb");
    EXPECT_EQ(redirect["from"], "us");
    EXPECT_EQ(redirect.count("code"), 1U);
}

TEST_F(AuthorizeTest, GivesBackAGoodCorrelatorOnly) {
    const auto query = to_form(good_request());
    for (const auto& [value, given_back] :
         std::vector<std::pair<std::string, bool>>{{"abc-1", true}, {"a b", false}, {"", false}}) {
        http::Request request;
        request.method = http::Method::get;
        request.query = query;
        request.fields.push_back({"X-Correlator", value});

        const auto response = authorize_raw(request);

        const auto found =
            std::ranges::find(response.fields, std::pair{std::string{"x-correlator"}, value});
        EXPECT_EQ(found != response.fields.end(), given_back) << value;
        EXPECT_EQ(audit_log_.entries().back().correlation_id, given_back ? value : "");
    }
}

TEST_F(AuthorizeTest, OtherMethodsAreRefusedAndGiveNothing) {
    const auto query = to_form(good_request());
    for (const auto method : {http::Method::head, http::Method::options, http::Method::other}) {
        http::Request request;
        request.method = method;
        request.query = query;

        const auto response = authorize_raw(request);

        EXPECT_EQ(response.status, 405);
        EXPECT_EQ(
            response.fields.front(), (std::pair<std::string, std::string>{"Allow", "GET, POST"})
        );
    }
    EXPECT_TRUE(numbers_.asked().empty());
}

}  // namespace
}  // namespace numproof
