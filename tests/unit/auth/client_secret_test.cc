// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_secret.h"

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

TEST(ClientSecretHash, HasItsDocumentedForm) {
    const OpensslCrypto crypto;

    // echo -n 'saltsecret' | sha256sum
    EXPECT_EQ(
        hash_client_secret(crypto, "salt", ClientSecret{"secret"}),
        "sha256$c2FsdA$" +
            to_base64url(
                parse_hex("bede90386d450cea8b77b822f8887065e4e5abf132c2f9dccfcc7fbd4cba5e35")
                    .value()
            )
    );
}

TEST(ClientSecretHash, ANewSecretMatchesItsHashAndNothingElseDoes) {
    const OpensslCrypto crypto;
    const auto one = make_client_secret(crypto);
    const auto other = make_client_secret(crypto);

    EXPECT_EQ(one.secret.reveal().size(), 43U);
    EXPECT_NE(one.secret.reveal(), other.secret.reveal());
    EXPECT_TRUE(matches_client_secret(crypto, one.hash, one.secret));
    EXPECT_FALSE(matches_client_secret(crypto, one.hash, other.secret));
    EXPECT_FALSE(matches_client_secret(crypto, one.hash, ClientSecret{}));
    EXPECT_EQ(one.hash.find(one.secret.reveal()), std::string::npos);
}

TEST(ClientSecretHash, NothingMatchesAHashOfAnotherForm) {
    const OpensslCrypto crypto;
    const auto good = hash_client_secret(crypto, "salt", ClientSecret{"secret"});
    ASSERT_TRUE(matches_client_secret(crypto, good, ClientSecret{"secret"}));
    const std::vector<std::string> cases{
        "",
        "secret",
        "sha256$",
        "sha256$$",
        "sha256$c2FsdA",
        "sha256$" + good.substr(good.rfind('$')),
        "sha1" + good.substr(6),
        good.substr(0, good.size() - 1),
        good + "A",
        "sha256$c2FsdA$" + to_base64url(std::string(32, '\0')),
    };
    for (const auto& hash : cases) {
        EXPECT_FALSE(matches_client_secret(crypto, hash, ClientSecret{"secret"})) << hash;
        EXPECT_FALSE(matches_client_secret(crypto, hash, ClientSecret{})) << hash;
    }
}

}  // namespace
}  // namespace numproof
