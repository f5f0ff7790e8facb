// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/base/bytes.h"

namespace numproof {
namespace {

SecretKey key_number(int number) {
    std::string octets(32, 'k');
    octets[0] = static_cast<char>(number);
    return SecretKey{octets};
}

TEST(OpensslCrypto, HmacMatchesRfc4231InTheMiddleOfOtherKeys) {
    const OpensslCrypto crypto;
    // RFC 4231 test case 2, whose key "Jefe" is padded with zeros to a block either way.
    std::string jefe{"Jefe"};
    jefe.resize(32, '\0');
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(crypto.hmac_sha256(key_number(i), "another text"));
        EXPECT_EQ(
            to_hex(as_view(crypto.hmac_sha256(SecretKey{jefe}, "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}

// More keys than contexts are kept, in turn: each text must meet its own key.
TEST(OpensslCrypto, ManyKeysInTurnAreNotMixedUp) {
    const OpensslCrypto crypto;
    std::vector<Bytes> sealed;
    std::vector<Digest> macs;
    for (int i = 0; i < 40; ++i) {
        sealed.push_back(crypto.seal(key_number(i), "place", "value " + std::to_string(i)));
        macs.push_back(crypto.hmac_sha256(key_number(i), "text"));
    }
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 40; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const auto opened = crypto.open(key_number(i), "place", sealed[at]);
            ASSERT_TRUE(opened);
            EXPECT_EQ(*opened, "value " + std::to_string(i));
            EXPECT_EQ(crypto.hmac_sha256(key_number(i), "text"), macs[at]);
            EXPECT_FALSE(crypto.open(key_number((i + 1) % 40), "place", sealed[at]));
        }
    }
    EXPECT_NE(macs[0], macs[1]);
}

TEST(OpensslCrypto, AfterARefusedValueTheSameKeyStillOpens) {
    const OpensslCrypto crypto;
    const auto key = key_number(1);
    auto good = crypto.seal(key, "place", "value");
    auto bad = good;
    bad.back() = static_cast<char>(bad.back() ^ 1);
    EXPECT_FALSE(crypto.open(key, "place", bad));
    EXPECT_FALSE(crypto.open(key, "elsewhere", good));
    EXPECT_TRUE(crypto.open(key, "place", good));
}

}  // namespace
}  // namespace numproof
