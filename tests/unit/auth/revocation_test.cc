// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/revocation.h"

#include "tests/unit/auth/auth_test.h"

namespace numproof {
namespace {

class RevocationTest : public AuthTest {
protected:
    std::string new_token() {
        return member(token(good_exchange(new_code())).body, "access_token");
    }

    static Parameters revocation_of(const std::string& text) {
        return {{"token", text}, {"client_id", "app"}, {"client_secret", "s3cret"}};
    }
};

TEST_F(RevocationTest, ATokenOfOnesOwnIsRevoked) {
    const auto text = new_token();

    const auto response = revoke(revocation_of(text));

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(claim(text), ClaimOutcome::revoked);
    EXPECT_EQ(member(last_event(), "reason"), "revoked_by_client");
}

TEST_F(RevocationTest, AnotherClientsTokenIsLeftAlone) {
    const auto text = new_token();
    auto parameters = revocation_of(text);
    parameters["client_id"] = "legacy";

    EXPECT_EQ(revoke(parameters).status, 200);

    EXPECT_EQ(claim(text), ClaimOutcome::claimed);
}

TEST_F(RevocationTest, ATokenThatIsNotThereIsAlreadyRevoked) {
    const auto minted = codec_.mint_token(Shard::of(proven_.subscriber), "app").text;

    EXPECT_EQ(revoke(revocation_of("made-up")).status, 200);
    EXPECT_EQ(revoke(revocation_of(minted)).status, 200);
    EXPECT_EQ(
        revoke({{"token", minted},
                {"token_type_hint", "refresh_token"},
                {"client_id", "app"},
                {"client_secret", "s3cret"}}
        ).status,
        200
    );
}

TEST_F(RevocationTest, OnlyAnAuthenticatedClientMayRevoke) {
    const auto text = new_token();
    auto parameters = revocation_of(text);
    parameters["client_secret"] = "wrong";

    EXPECT_EQ(revoke(parameters).status, 401);

    EXPECT_EQ(claim(text), ClaimOutcome::claimed);
}

TEST_F(RevocationTest, ItsOwnAddressIsAnAudienceOfAssertions) {
    const auto response = revoke({
        {"token", "made-up"},
        {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
        {"client_assertion", assertion({{"aud", R"("https://idp.example.com/oauth2/revoke")"}})},
    });

    EXPECT_EQ(response.status, 200) << response.body;
}

TEST_F(RevocationTest, BadRequestsAreNamed) {
    auto parameters = revocation_of("x");
    parameters.erase("token");
    EXPECT_EQ(fault_of(revoke(parameters)), "invalid_request token_missing");

    http::Request get;
    get.method = http::Method::get;
    EXPECT_EQ(run_now(endpoints_->revoke(get, deadline())).status, 405);
}

TEST_F(RevocationTest, AStoreOrATrailThatFailsIsNotNow) {
    const auto text = new_token();
    faults_.schedule({StoreFault::unavailable});
    EXPECT_EQ(revoke(revocation_of(text)).status, 503);
    faults_.schedule({StoreFault::none, StoreFault::late});
    EXPECT_EQ(revoke(revocation_of(text)).status, 503);
    audit_log_.fail_with(ErrorCode::spool_full);
    EXPECT_EQ(revoke(revocation_of(text)).status, 503);
}

}  // namespace
}  // namespace numproof
