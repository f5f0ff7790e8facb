// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/token_codec.h"

#include <set>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

class TokenCodecTest : public testing::Test {
protected:
    NamedKey key(char fill) const { return name_key(crypto_, SecretKey{std::string(32, fill)}); }

    OpensslCrypto crypto_;
    Vault vault_{crypto_, {key('a')}};
    TokenCodec codec_{vault_};
    Shard shard_ = Shard::parse("0fe").value();
};

TEST_F(TokenCodecTest, ReadsTheTokenThatItMinted) {
    const auto minted = codec_.mint_token(shard_, "app");

    const auto read = codec_.read_token(minted.text);

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->key, minted.key);
    EXPECT_EQ(read->key.shard, shard_);
    EXPECT_EQ(read->client_tag, codec_.client_tag_of("app"));
    EXPECT_NE(read->client_tag, codec_.client_tag_of("other"));
}

TEST_F(TokenCodecTest, ReadsTheCodeThatItMinted) {
    const auto minted = codec_.mint_code(shard_);

    EXPECT_EQ(codec_.read_code(minted.text), minted.key);
}

TEST_F(TokenCodecTest, TextHasItsLengthAndOnlyCharactersThatNeedNoEscaping) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 50; ++i) {
        const auto token = codec_.mint_token(shard_, "app").text;
        const auto code = codec_.mint_code(shard_).text;

        EXPECT_EQ(token.size(), 66U);
        EXPECT_EQ(code.size(), 58U);
        EXPECT_EQ((token + code).find_first_not_of(kAllowed), std::string::npos);
    }
}

TEST_F(TokenCodecTest, NeverMintsTheSameTwice) {
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(seen.insert(codec_.mint_token(shard_, "app").text).second);
        EXPECT_TRUE(seen.insert(codec_.mint_code(shard_).text).second);
    }
}

TEST_F(TokenCodecTest, RefusesATokenWithAnyCharacterChanged) {
    const auto token = codec_.mint_token(shard_, "app").text;
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == '1' ? '2' : '1';
        EXPECT_FALSE(codec_.read_token(changed).has_value()) << i;
        EXPECT_FALSE(codec_.read_token(token.substr(0, i)).has_value()) << i;
    }
    EXPECT_FALSE(codec_.read_token(token + "A").has_value());
}

TEST_F(TokenCodecTest, RefusesACodeWithAnyCharacterChanged) {
    const auto code = codec_.mint_code(shard_).text;
    for (std::size_t i = 0; i < code.size(); ++i) {
        auto changed = code;
        changed[i] = changed[i] == '1' ? '2' : '1';
        EXPECT_FALSE(codec_.read_code(changed).has_value()) << i;
    }
}

TEST_F(TokenCodecTest, ACodeIsNoTokenAndATokenNoCode) {
    EXPECT_FALSE(codec_.read_token(codec_.mint_code(shard_).text).has_value());
    EXPECT_FALSE(codec_.read_code(codec_.mint_token(shard_, "app").text).has_value());
}

TEST_F(TokenCodecTest, OldKeysOfTheRingStillRead) {
    const Vault rotated{crypto_, {key('b'), key('a')}};
    const TokenCodec after{rotated};
    const auto token = codec_.mint_token(shard_, "app");
    const auto code = codec_.mint_code(shard_);

    ASSERT_TRUE(after.read_token(token.text).has_value());
    EXPECT_EQ(after.read_token(token.text)->key, token.key);
    EXPECT_EQ(after.read_code(code.text), code.key);
}

TEST_F(TokenCodecTest, RefusesWhatAnotherKeyMade) {
    const Vault stranger{crypto_, {key('c')}};
    const TokenCodec other{stranger};

    EXPECT_FALSE(codec_.read_token(other.mint_token(shard_, "app").text).has_value());
    EXPECT_FALSE(codec_.read_code(other.mint_code(shard_).text).has_value());
}

TEST_F(TokenCodecTest, TheNameInTheStoreIsAKeyedHashOfTheRandomPart) {
    const auto minted = codec_.mint_token(shard_, "app");
    const std::string_view body{minted.text.data(), minted.text.size() - 12};

    EXPECT_EQ(minted.key.mac, vault_.mac("token", body));
    EXPECT_EQ(to_hex(as_view(minted.key.mac)).find(minted.text.substr(3, 43)), std::string::npos);
}

TEST_F(TokenCodecTest, TokensAndCodesOfTheSameTextWouldHaveOtherNames) {
    const auto code = codec_.mint_code(shard_);
    const std::string_view body{code.text.data(), code.text.size() - 12};

    EXPECT_NE(code.key.mac, vault_.mac("token", body));
}

}  // namespace
}  // namespace numproof
