// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/scope_request.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

class ScopeRequestTest : public testing::Test {
protected:
    ScopeRequestTest() {
        client_.scopes = ScopeSet{7};
        client_.purposes = {"dpv:A", "dpv:B"};
    }

    // `bits purpose|text`, or the reason of the refusal.
    std::string read(std::string_view text) const {
        const auto request = read_scope(text, client_);
        if (!request) {
            EXPECT_EQ(request.error().error, OAuthError::invalid_scope);
            return std::string{request.error().reason};
        }
        return std::to_string(request->scopes.bits()) + " " + request->purpose + "|" +
               request->text;
    }

    Client client_;
};

TEST_F(ScopeRequestTest, GrantsWhatIsAskedForInTheClientsOrder) {
    EXPECT_EQ(
        read("openid dpv:A number-verification:verify"),
        "5 dpv:A|openid dpv:A number-verification:verify"
    );
    EXPECT_EQ(
        read("number-verification:device-phone-number:read dpv:B"),
        "2 dpv:B|number-verification:device-phone-number:read dpv:B"
    );
    EXPECT_EQ(
        read("  dpv:A   number-verification:verify "), "1 dpv:A|dpv:A number-verification:verify"
    );
}

TEST_F(ScopeRequestTest, OfflineAccessIsIgnored) {
    EXPECT_EQ(
        read("dpv:A offline_access number-verification:verify"),
        "1 dpv:A|dpv:A number-verification:verify"
    );
}

TEST_F(ScopeRequestTest, ThereIsExactlyOnePurposeThatTheClientHas) {
    EXPECT_EQ(read("number-verification:verify"), "no_purpose");
    EXPECT_EQ(read("number-verification:verify dpv:A dpv:B"), "more_than_one_purpose");
    EXPECT_EQ(read("number-verification:verify dpv:C"), "purpose_not_allowed");
    EXPECT_EQ(read("number-verification:verify dpv:"), "purpose_not_allowed");
    EXPECT_EQ(read("number-verification:verify dpv:a"), "purpose_not_allowed");
}

TEST_F(ScopeRequestTest, OnlyKnownScopesOfTheClientAreGranted) {
    EXPECT_EQ(read("dpv:A profile number-verification:verify"), "unknown_scope");
    EXPECT_EQ(read("dpv:A openid"), "no_api_scope");
    EXPECT_EQ(read(""), "no_api_scope");
    client_.scopes = ScopeSet{1};
    EXPECT_EQ(read("dpv:A openid number-verification:verify"), "scope_not_allowed");
    EXPECT_EQ(read("dpv:A number-verification:device-phone-number:read"), "scope_not_allowed");
}

TEST_F(ScopeRequestTest, DefaultsStandInOnlyForWhatIsMissing) {
    client_.default_scopes = "number-verification:verify";
    client_.default_purpose = "dpv:B";

    EXPECT_EQ(read("openid"), "5 dpv:B|openid number-verification:verify dpv:B");
    EXPECT_EQ(read(""), "1 dpv:B|number-verification:verify dpv:B");
    EXPECT_EQ(read("dpv:A"), "1 dpv:A|dpv:A number-verification:verify");
    EXPECT_EQ(
        read("number-verification:device-phone-number:read"),
        "2 dpv:B|number-verification:device-phone-number:read dpv:B"
    );
    EXPECT_EQ(read("dpv:C"), "purpose_not_allowed");
}

TEST_F(ScopeRequestTest, OldNamesAreForClientsThatWereRegisteredWithThem) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"dpv:A#number-verification-verify-read", "1 dpv:A|dpv:A#number-verification-verify-read"},
        {"openid dpv:A#number-verification-share-read",
         "6 dpv:A|openid dpv:A#number-verification-share-read"},
        {"dpv:A#number-verification:verify", "1 dpv:A|dpv:A#number-verification:verify"},
        {"dpv:A number-verification-share-read", "2 dpv:A|dpv:A number-verification-share-read"},
        {"dpv:A#number-verification-verify-read dpv:A#number-verification-share-read",
         "3 dpv:A|dpv:A#number-verification-verify-read dpv:A#number-verification-share-read"},
        {"dpv:A#nonsense", "unknown_scope"},
        {"dpv:A#", "unknown_scope"},
        {"dpv:C#number-verification-verify-read", "purpose_not_allowed"},
        {"dpv:A#number-verification-verify-read dpv:B", "more_than_one_purpose"},
    };
    for (const auto& [text, expected] : cases) {
        client_.legacy_scopes = Client::LegacyScopes::accepted;
        EXPECT_EQ(read(text), expected);
        client_.legacy_scopes = Client::LegacyScopes::refused;
        EXPECT_EQ(read(text).find('|'), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace numproof
