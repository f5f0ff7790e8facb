// SPDX-License-Identifier: Apache-2.0
#include "daemon/vault/vault.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

class VaultTest : public testing::Test {
protected:
    NamedKey key(char fill) const { return name_key(crypto_, SecretKey{std::string(32, fill)}); }

    OpensslCrypto crypto_;
};

TEST_F(VaultTest, Sha256MatchesThePublishedVector) {
    EXPECT_EQ(
        to_hex(as_view(crypto_.sha256("+123456789"))),
        "b49f9168e8a886ffd61a090b51a26e117717f5f6fa804af49ea67043a2bfa4f0"
    );
}

TEST_F(VaultTest, HmacMatchesRfc4231Case1WithA32OctetKey) {
    // RFC 4231 keys are shorter; HMAC pads keys with zeros, so that the value is the same.
    const SecretKey padded{std::string(20, '\x0b') + std::string(12, '\0')};

    EXPECT_EQ(
        to_hex(as_view(crypto_.hmac_sha256(padded, "Hi There"))),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
}

TEST_F(VaultTest, OpensOnlyUnderItsOwnPlace) {
    const Vault vault{crypto_, {key('k')}};
    const auto sealed = vault.seal("np:a:internet:10.0.0.1", "number");

    EXPECT_EQ(vault.open("np:a:internet:10.0.0.1", sealed).value(), "number");
    EXPECT_EQ(
        vault.open("np:a:internet:10.0.0.2", sealed).error().code, ErrorCode::integrity_failure
    );
}

TEST_F(VaultTest, RefusesTruncatedAndChangedValues) {
    const Vault vault{crypto_, {key('k')}};
    const auto sealed = vault.seal("place", "number");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(vault.open("place", changed).has_value()) << i;
        EXPECT_FALSE(vault.open("place", sealed.substr(0, i)).has_value()) << i;
    }
}

TEST_F(VaultTest, OldKeysOfTheRingStillRead) {
    const Vault before{crypto_, {key('a')}};
    const Vault after{crypto_, {key('b'), key('a')}};
    const Vault stranger{crypto_, {key('c')}};

    EXPECT_EQ(after.open("place", before.seal("place", "x")).value(), "x");
    EXPECT_FALSE(stranger.open("place", before.seal("place", "x")).has_value());
}

TEST_F(VaultTest, PseudonymsOfDifferentKindsDiffer) {
    const Vault vault{crypto_, {key('k')}};

    EXPECT_NE(
        vault.session_id({.source = "a", .session = "bc"}),
        vault.session_id({.source = "ab", .session = "c"})
    );
    EXPECT_NE(
        vault.imsi_id(Imsi::parse("214010000000001").value()).octets(),
        vault.gateway_id("214010000000001").octets()
    );
}

TEST_F(VaultTest, NamesAndRecordsBelongToTheGenerationAndNotToTheCurrentKey) {
    const SecretKey secret{std::string(32, 's')};
    const auto number = Msisdn::parse("+34600000001").value();
    Vault before{crypto_, {key('a')}};
    Vault after{crypto_, {key('b'), key('a')}};
    before.adopt("g", secret);
    after.adopt("g", secret);

    EXPECT_EQ(before.subscriber_id(number), after.subscriber_id(number));
    EXPECT_EQ(before.in_generation("internet"), after.in_generation("internet"));
    EXPECT_EQ(after.open_small("place", before.seal_small("place", "x")).value(), "x");
    EXPECT_FALSE(after.open_small("elsewhere", before.seal_small("place", "x")));
    EXPECT_NE(before.key_id(), after.key_id());
}

TEST_F(VaultTest, NothingOfAnotherGenerationIsFoundOrOpens) {
    const auto number = Msisdn::parse("+34600000001").value();
    Vault vault{crypto_, {key('k')}};
    const auto unknown = vault.subscriber_id(number);
    vault.adopt("one", SecretKey{std::string(32, '1')});
    const auto sid = vault.subscriber_id(number);
    const auto domain = vault.in_generation("internet");
    const auto sealed = vault.seal_small("place", "x");

    vault.adopt("two", SecretKey{std::string(32, '2')});

    EXPECT_NE(sid, unknown);
    EXPECT_NE(vault.subscriber_id(number), sid);
    EXPECT_NE(vault.in_generation("internet"), domain);
    EXPECT_FALSE(vault.open_small("place", sealed));
    vault.adopt("one", SecretKey{std::string(32, '1')});
    EXPECT_EQ(vault.subscriber_id(number), sid);
}

TEST_F(VaultTest, AKeyThatIsNotInTheRingIsNamed) {
    const Vault vault{crypto_, {key('k')}};
    const Vault other{crypto_, {key('x')}};

    const auto opened = vault.open("place", other.seal("place", "x"));

    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::key_missing);
    EXPECT_NE(opened.error().detail.find(other.key_id()), std::string::npos);
    EXPECT_EQ(vault.open("place", "short").error().code, ErrorCode::integrity_failure);
    EXPECT_EQ(vault.open("place", "no-hex!!xx").error().code, ErrorCode::integrity_failure);
}

TEST_F(VaultTest, ThreadsThatNameWhileOthersAdoptUseOneGenerationOrTheOther) {
    const auto number = Msisdn::parse("+34600000001").value();
    Vault vault{crypto_, {key('k')}};
    std::array<SubscriberId, 2> names;
    const auto adopt = [&](std::size_t which) {
        vault.adopt(std::to_string(which), SecretKey{std::string(32, static_cast<char>(which))});
    };
    for (std::size_t i : {1U, 0U}) {
        adopt(i);
        names.at(i) = vault.subscriber_id(number);
    }
    std::atomic<bool> done{false};
    std::atomic<int> strange{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            while (!done) {
                strange += std::ranges::count(names, vault.subscriber_id(number)) == 1 ? 0 : 1;
            }
        });
    }
    for (std::size_t i = 0; i < 2000; ++i) {
        adopt(i % 2);
    }
    done = true;
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(strange, 0);
}

}  // namespace
}  // namespace numproof
