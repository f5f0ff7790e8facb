// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/fakes/api_stand.h"

namespace numproof {
namespace {

using simdjson::dom::element;
using simdjson::dom::parser;

constexpr const char* kTrue = R"({"devicePhoneNumberVerified":true})";
constexpr const char* kFalse = R"({"devicePhoneNumberVerified":false})";

std::string text_of(element data, std::string_view name) {
    const auto value = data[name];
    return value.is_string() ? std::string{value.get_string().value()} : "(null)";
}

class VerificationTest : public testing::Test {
protected:
    element last_event() { return json_.parse(stand_.audit.entries().back().data).value(); }

    ApiStand stand_;
    parser json_;
};

TEST_F(VerificationTest, SaysTrueForTheTokensNumber) {
    const auto response = stand_.send(ApiStand::verify_call("/v2", stand_.token()));

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, kTrue);
    EXPECT_EQ(response.content_type, "application/json");
}

TEST_F(VerificationTest, SaysFalseForAnotherNumber) {
    const auto call =
        ApiStand::verify_call("/v2", stand_.token()).with_body(R"({"phoneNumber":"+34600000002"})");

    EXPECT_EQ(stand_.send(call).body, kFalse);
}

TEST_F(VerificationTest, SharesTheTokensNumber) {
    const auto response = stand_.send(ApiStand::share_call("/v1", stand_.token()));

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"devicePhoneNumber":"+34600000001"})");
    EXPECT_EQ(stand_.claims.asked().front().scope, Scope::device_phone_number);
}

TEST_F(VerificationTest, SharingIgnoresBodyAndContentType) {
    const auto call = ApiStand::share_call("/v2", stand_.token())
                          .with("Content-Type", "text/plain")
                          .with_body("whatever");

    EXPECT_EQ(stand_.send(call).status, 200);
}

TEST_F(VerificationTest, QueryStringsAreIgnored) {
    Call call = ApiStand::verify_call("/v0", stand_.token());
    call.query = "code=abc&state=1";

    EXPECT_EQ(stand_.send(call).body, kTrue);
}

TEST_F(VerificationTest, ADigestWithoutPlusMatchesUnderContractV0Only) {
    const std::string digest = to_hex(as_view(stand_.crypto.sha256("34600000001")));
    const std::string body = R"({"hashedPhoneNumber":")" + digest + R"("})";
    const auto answer_at = [&](const std::string& mount) {
        return stand_.send(ApiStand::verify_call(mount, stand_.token()).with_body(body)).body;
    };

    EXPECT_EQ(answer_at("/v0"), kTrue);
    EXPECT_EQ(answer_at("/camara0"), kTrue);
    EXPECT_EQ(answer_at("/v1"), kFalse);
    EXPECT_EQ(answer_at("/v2"), kFalse);
    EXPECT_EQ(answer_at("/orange2"), kFalse);
}

TEST_F(VerificationTest, OnlyALenientClientMayLeaveOutThePlus) {
    const auto send = [this](std::string_view client) {
        const auto token = stand_.token(ClaimOutcome::claimed, client);
        return stand_.send(
            ApiStand::verify_call("/v0", token).with_body(R"({"phoneNumber":"34600000001"})")
        );
    };

    EXPECT_EQ(send("legacy").body, kTrue);
    EXPECT_EQ(send("app").status, 400);
}

TEST_F(VerificationTest, AClaimCarriesTheBasisItWasJudgedOn) {
    (void)stand_.send(ApiStand::verify_call("/v2", stand_.token()));

    const auto& claim = stand_.claims.asked().front();
    EXPECT_EQ(claim.incarnation, "life-1");
    EXPECT_EQ(claim.now, stand_.clock.wall_now());
    EXPECT_GE(claim.remember, Milliseconds{std::chrono::minutes{10}});
    EXPECT_EQ(claim.scope, Scope::verify);
}

// What became of its number since stands under a name that the token does not know.
TEST_F(VerificationTest, R3_ATokenOfAFormerGenerationOfTheDirectoryIsRefused) {
    for (const auto outcome : {ClaimOutcome::claimed, ClaimOutcome::subscriber_missing}) {
        stand_.vault.adopt("former", SecretKey{std::string(32, 'f')});
        const auto token = stand_.token(outcome);
        stand_.vault.adopt("present", SecretKey{std::string(32, 'p')});

        const auto response = stand_.send(ApiStand::verify_call("/v2", token));

        EXPECT_EQ(response.status, 401);
        EXPECT_EQ(text_of(last_event(), "reason"), "token_of_another_life");
    }
}

TEST_F(VerificationTest, EveryOutcomeHasItsStatusAndNeverSaysTrueOrFalseButWhenClaimed) {
    const struct {
        ClaimOutcome outcome;
        int status;
        const char* reason;
        const char* result;
    } cases[]{
        {ClaimOutcome::used, 401, "used_token", "refused"},
        {ClaimOutcome::revoked, 401, "revoked_token", "refused"},
        {ClaimOutcome::expired, 401, "expired_token", "refused"},
        {ClaimOutcome::predates_failover, 401, "token_of_another_life", "refused"},
        {ClaimOutcome::scope_missing, 403, "scope_missing", "refused"},
        {ClaimOutcome::method_refused, 403, "method_refused", "refused"},
        {ClaimOutcome::subscriber_missing, 503, "number_unknown", "unknown"},
        {ClaimOutcome::subscriber_changed, 401, "binding_changed", "refused"},
    };

    for (const auto& test : cases) {
        for (const auto* number : {"+34600000001", "+34600000002"}) {
            const auto call = ApiStand::verify_call("/v2", stand_.token(test.outcome))
                                  .with_body(std::string{R"({"phoneNumber":")"} + number + R"("})");
            const auto before = stand_.audit.entries().size();

            const auto response = stand_.send(call);

            EXPECT_EQ(response.status, test.status) << test.reason;
            EXPECT_EQ(response.body.find("devicePhoneNumber"), std::string::npos);
            ASSERT_EQ(stand_.audit.entries().size(), before + 1);
            EXPECT_EQ(stand_.audit.entries().back().kind, AuditKind::verification_denied);
            EXPECT_EQ(text_of(last_event(), "reason"), test.reason);
            EXPECT_EQ(text_of(last_event(), "result"), test.result);
            EXPECT_EQ(text_of(last_event(), "client_id"), "app");
        }
        const auto shared = stand_.send(ApiStand::share_call("/v2", stand_.token(test.outcome)));
        EXPECT_EQ(shared.status, test.status);
        EXPECT_EQ(shared.body.find("34600000001"), std::string::npos);
    }
    EXPECT_EQ(stand_.claims.used_up(), 0);
}

TEST_F(VerificationTest, AnUnknownTokenIs401OnlyInAWholeDirectory) {
    const auto call = ApiStand::verify_call("/v2", stand_.unknown_token());
    EXPECT_EQ(stand_.send(call).status, 401);
    EXPECT_EQ(stand_.standing.confirmed(), 1);

    stand_.standing.confirm_as(Standing::rebuilding);
    EXPECT_EQ(stand_.send(call).status, 503);
    EXPECT_EQ(text_of(last_event(), "reason"), "rebuilding");
    EXPECT_EQ(text_of(last_event(), "result"), "unknown");

    stand_.standing.fail_with(ErrorCode::store_unavailable);
    EXPECT_EQ(stand_.send(call).status, 503);
    stand_.standing.fail_with(ErrorCode::deadline_exceeded);
    EXPECT_EQ(stand_.send(call).status, 504);
}

TEST_F(VerificationTest, ADirectoryThatIsNotUsableIs503AndNothingIsClaimed) {
    for (const auto standing :
         {Standing::starting,
          Standing::store_unavailable,
          Standing::rebuilding,
          Standing::stale,
          Standing::clock_disagrees}) {
        stand_.standing.stand(standing);
        const auto response = stand_.send(ApiStand::verify_call("/v2", stand_.token()));

        EXPECT_EQ(response.status, 503) << name_of(standing);
        EXPECT_EQ(ApiStand::field(response, "Retry-After"), "1");
        EXPECT_EQ(text_of(last_event(), "reason"), name_of(standing));
    }
    EXPECT_TRUE(stand_.claims.asked().empty());
}

TEST_F(VerificationTest, AFailingStoreIsNeverAnAnswer) {
    const struct {
        ErrorCode error;
        int status;
    } cases[]{
        {ErrorCode::store_unavailable, 503},
        {ErrorCode::queue_full, 503},
        {ErrorCode::deadline_exceeded, 504},
    };

    for (const auto& test : cases) {
        ApiStand stand;
        stand.claims.fail_with(test.error);
        for (const auto& call :
             {ApiStand::verify_call("/v2", stand.token()),
              ApiStand::share_call("/v2", stand.token()),
              ApiStand::verify_call("/v2", stand.token()).with_body("{}")}) {
            const auto response = stand.send(call);

            EXPECT_EQ(response.status, test.status);
            EXPECT_EQ(ApiStand::field(response, "Retry-After"), "1");
        }
    }
}

TEST_F(VerificationTest, ASealThatIsBrokenIsAnAlarmAndNeverFalse) {
    const auto response = stand_.send(ApiStand::verify_call("/v2", stand_.broken_token()));

    EXPECT_EQ(response.status, 503);
    ASSERT_EQ(stand_.audit.entries().size(), 1U);
    EXPECT_EQ(stand_.audit.entries().back().kind, AuditKind::integrity);
    EXPECT_EQ(text_of(last_event(), "reason"), "sealed_value_broken");
    ASSERT_EQ(stand_.log.lines().size(), 1U);
    EXPECT_TRUE(stand_.log.lines().front().starts_with("NP-API-001"));
}

TEST_F(VerificationTest, ATokenOfAClientThatIsGoneIsRefused) {
    const auto call = ApiStand::verify_call("/v2", stand_.token());
    stand_.clients = std::make_shared<const ClientRegistry>();

    EXPECT_EQ(stand_.send(call).status, 401);
    EXPECT_EQ(text_of(last_event(), "reason"), "client_gone");
}

TEST_F(VerificationTest, AnAnswerIsHeldBackUntilItsEventIsDurable) {
    stand_.audit.hold();
    bool answered = false;
    http::Request request;
    const auto call = ApiStand::verify_call("/v2", stand_.token());
    request.method = http::Method::post;
    request.path = call.path;
    request.body = call.body;
    for (const auto& [name, value] : call.fields) {
        request.fields.push_back({name, value});
    }
    const Deadline deadline = Deadline::after(stand_.clock.mono_now(), std::chrono::seconds{2});
    spawn(stand_.router.handle(request, deadline), [&answered](const http::Response& response) {
        answered = true;
        EXPECT_EQ(response.body, kTrue);
    });
    EXPECT_FALSE(answered);

    stand_.audit.release();

    EXPECT_TRUE(answered);
}

TEST_F(VerificationTest, WithoutADurableEventThereIsNoAnswerAtAll) {
    for (const auto error : {ErrorCode::spool_full, ErrorCode::io_failure, ErrorCode::queue_full}) {
        stand_.audit.fail_with(error);
        for (const auto outcome : {ClaimOutcome::claimed, ClaimOutcome::used}) {
            const auto response = stand_.send(ApiStand::verify_call("/v2", stand_.token(outcome)));

            EXPECT_EQ(response.status, 503);
            EXPECT_EQ(response.body.find("devicePhoneNumber"), std::string::npos);
        }
    }
}

TEST_F(VerificationTest, AnAnsweredEventSaysWhatWasDecidedAndNothingMore) {
    const std::string token = stand_.token();
    const auto call =
        ApiStand::verify_call("/v1", token)
            .with("x-correlator", "corr-1")
            .with("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    (void)stand_.send(call);

    ASSERT_EQ(stand_.audit.entries().size(), 1U);
    const auto& entry = stand_.audit.entries().front();
    EXPECT_EQ(entry.kind, AuditKind::verification_answered);
    EXPECT_EQ(entry.correlation_id, "corr-1");
    EXPECT_EQ(entry.trace_parent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_EQ(text_of(last_event(), "operation"), "verify");
    EXPECT_EQ(text_of(last_event(), "contract"), "v1");
    EXPECT_EQ(text_of(last_event(), "client_id"), "app");
    EXPECT_EQ(text_of(last_event(), "purpose"), "dpv:FraudPreventionAndDetection");
    EXPECT_EQ(text_of(last_event(), "scope"), "number-verification:verify");
    EXPECT_EQ(text_of(last_event(), "result"), "match");
    EXPECT_EQ(text_of(last_event(), "code"), "(null)");
    EXPECT_EQ(text_of(last_event(), "reason"), "(null)");
    EXPECT_EQ(text_of(last_event(), "method"), "network");
    EXPECT_NE(text_of(last_event(), "subscriber_ref"), "(null)");
    EXPECT_NE(text_of(last_event(), "token_ref"), "(null)");
    EXPECT_EQ(last_event()["status"].get_int64().value(), 200);
    EXPECT_EQ(last_event()["decision"]["epoch"].get_int64().value(), 7);
    EXPECT_EQ(last_event()["decision"]["watermark_age_ms"].get_int64().value(), 214);
    EXPECT_EQ(entry.data.find("34600000001"), std::string::npos);
    EXPECT_EQ(entry.data.find(token), std::string::npos);
}

TEST_F(VerificationTest, EveryAnswerHasExactlyOneEvent) {
    const std::vector<Call> calls{
        ApiStand::verify_call("/v2", stand_.token()),
        ApiStand::verify_call("/v2", stand_.token()).with_body("{}"),
        ApiStand::verify_call("/v2", stand_.token()).with_body(R"({"phoneNumber":"+3460000"})"),
        ApiStand::verify_call("/v2", stand_.token(ClaimOutcome::expired)),
        ApiStand::verify_call("/v2", stand_.token(ClaimOutcome::scope_missing)),
        ApiStand::verify_call("/v2", stand_.unknown_token()),
        ApiStand::verify_call("/v2", "made-up"),
        ApiStand::verify_call("/v2", stand_.broken_token()),
        ApiStand::share_call("/v0", stand_.token()),
        ApiStand::share_call("/v0", "made-up")};
    for (std::size_t i = 0; i < calls.size(); ++i) {
        (void)stand_.send(calls[i]);
        EXPECT_EQ(stand_.audit.asked(), i + 1);
    }
}

TEST_F(VerificationTest, TheCorrelatorComesBackOnEveryAnswerIfItIsGood) {
    const std::string good = "b4333c46-49c0-4f62-80d7-f0ef930f1c46";
    const std::vector<Call> calls{
        ApiStand::verify_call("/v0", stand_.token()),
        ApiStand::verify_call("/v2", stand_.token()).with_body("{"),
        ApiStand::verify_call("/v2", "made-up"),
        ApiStand::share_call("/v1", stand_.token(ClaimOutcome::scope_missing)),
        ApiStand::share_call("/v1", stand_.token(ClaimOutcome::subscriber_missing)),
        ApiStand::share_call("/v1/nothing", stand_.token()),
        ApiStand::share_call("/v2", stand_.broken_token())};
    for (const auto& call : calls) {
        EXPECT_EQ(
            ApiStand::field(stand_.send(call.with("X-Correlator", good)), "x-correlator"), good
        );
        EXPECT_EQ(ApiStand::field(stand_.send(call), "x-correlator"), "(none)");
        EXPECT_EQ(
            ApiStand::field(stand_.send(call.with("x-correlator", "")), "x-correlator"), "(none)"
        );
    }
}

TEST_F(VerificationTest, ABadCorrelatorIsRefusedAndNotSentBack) {
    for (const auto& bad :
         {std::string{"a b"},
          std::string{"caf\xC3\xA9"},
          std::string(257, 'a'),
          std::string{"a,b"},
          std::string{"(a)"}}) {
        const auto response =
            stand_.send(ApiStand::verify_call("/v2", stand_.token()).with("x-correlator", bad));
        EXPECT_EQ(response.status, 400) << bad;
        EXPECT_EQ(ApiStand::field(response, "x-correlator"), "(none)");
    }
    const auto twice = ApiStand::verify_call("/v2", stand_.token())
                           .with("x-correlator", "a")
                           .with("x-correlator", "a");
    EXPECT_EQ(stand_.send(twice).status, 400);
    EXPECT_EQ(stand_.claims.used_up(), 0);
}

TEST_F(VerificationTest, TheLongestCorrelatorAndEverySignPass) {
    const std::string signs = "-_:;./<>{}azAZ09";
    const std::string longest = signs + std::string(256 - signs.size(), 'x');
    const auto call = ApiStand::verify_call("/v0", stand_.token()).with("x-correlator", longest);

    EXPECT_EQ(ApiStand::field(stand_.send(call), "x-correlator"), longest);
}

TEST(VerificationRate, AClientThatAsksTooOftenIsToldWhenToComeBackAndKeepsItsToken) {
    ApiStand stand{RateLimit{.rate = 0.5, .burst = 2}};
    const auto call = ApiStand::verify_call("/v0", stand.token());
    (void)stand.send(ApiStand::verify_call("/v0", stand.token()));
    (void)stand.send(ApiStand::verify_call("/v0", stand.token()));

    const auto refused = stand.send(call);

    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.body.find("\"code\":53"), std::string::npos);
    EXPECT_EQ(ApiStand::field(refused, "Retry-After"), "2");
    EXPECT_EQ(stand.claims.asked().size(), 2U);
    const auto other = stand.token(ClaimOutcome::claimed, "legacy");
    EXPECT_EQ(stand.send(ApiStand::verify_call("/v0", other)).status, 200);
    stand.clock.advance(std::chrono::seconds{2});
    EXPECT_EQ(stand.send(call).status, 200);
}

TEST(VerificationRate, AClientsOwnLimitGoesBeforeTheGeneralOne) {
    ApiStand stand;
    const auto ask = [&stand] {
        return stand.send(ApiStand::verify_call("/v2", stand.token(ClaimOutcome::claimed, "slow")))
            .status;
    };

    EXPECT_EQ(ask(), 200);
    EXPECT_EQ(ask(), 429);
}

}  // namespace
}  // namespace numproof
