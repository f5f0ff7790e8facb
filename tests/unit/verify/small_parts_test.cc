// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/verify/clients_by_tag.h"
#include "daemon/verify/problem.h"
#include "daemon/verify/trace_parent.h"
#include "daemon/verify/verify_metrics.h"

namespace numproof {
namespace {

TEST(TraceParent, TakesVersionZeroOnly) {
    const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    EXPECT_TRUE(is_good_trace_parent(good));

    const std::vector<std::string> bads{
        "",
        good + "0",
        good.substr(1),
        "01" + good.substr(2),
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
    for (const auto& bad : bads) {
        EXPECT_FALSE(is_good_trace_parent(bad)) << bad;
    }
}

TEST(ProblemName, EveryProblemHasAWordOfItsOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kProblemCount; ++i) {
        const auto name = name_of(static_cast<Problem>(i));
        EXPECT_FALSE(name.empty()) << i;
        names.insert(name);
    }
    EXPECT_EQ(names.size(), kProblemCount);
    EXPECT_EQ(name_of(Problem::malformed_http), "malformed_http");
    EXPECT_EQ(name_of(Problem::scope_missing), "scope_missing");
    EXPECT_EQ(name_of(Problem::rate_limited), "rate_limited");
    EXPECT_EQ(name_of(Problem::overloaded), "overloaded");
    EXPECT_EQ(name_of(Problem::internal), "internal");
}

ClientSnapshot registry_of(const std::vector<std::string>& ids) {
    ClientRegistry registry;
    for (const auto& id : ids) {
        registry[id].id = id;
    }
    return std::make_shared<const ClientRegistry>(std::move(registry));
}

class ClientsByTagTest : public testing::Test {
protected:
    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    TokenCodec codec_{vault_};
    ClientsByTag clients_{codec_};
};

TEST_F(ClientsByTagTest, FindsTheClientOfATag) {
    const auto snapshot = registry_of({"a", "b"});

    const auto* found = clients_.find(snapshot, codec_.client_tag_of("b"));

    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->id, "b");
    EXPECT_EQ(clients_.find(snapshot, codec_.client_tag_of("c")), nullptr);
}

TEST_F(ClientsByTagTest, ANewSnapshotReplacesTheOldOne) {
    const auto before = registry_of({"a"});
    const auto after = registry_of({"b"});
    ASSERT_NE(clients_.find(before, codec_.client_tag_of("a")), nullptr);

    EXPECT_EQ(clients_.find(after, codec_.client_tag_of("a")), nullptr);
    EXPECT_NE(clients_.find(after, codec_.client_tag_of("b")), nullptr);
}

TEST_F(ClientsByTagTest, WithoutASnapshotThereIsNobody) {
    EXPECT_EQ(clients_.find(nullptr, codec_.client_tag_of("a")), nullptr);
}

TEST(VerifyMetrics, CountsResultsAndClaimsByName) {
    VerifyMetrics metrics;
    metrics.count_result(AuditResult::mismatch);
    metrics.count_claim(ClaimOutcome::subscriber_changed);
    metrics.count_claim(ClaimOutcome::subscriber_changed);
    metrics.count_failed_claim();
    std::vector<Sample> samples;

    metrics.collect(samples);

    const auto value_of = [&samples](std::string_view name, std::string_view result) {
        for (const auto& sample : samples) {
            if (sample.name == name && sample.labels.front().second == result) {
                return sample.value;
            }
        }
        return -1.0;
    };
    EXPECT_EQ(value_of("numproof_verify_results_total", "mismatch"), 1);
    EXPECT_EQ(value_of("numproof_verify_results_total", "match"), 0);
    EXPECT_EQ(value_of("numproof_token_claims_total", "subscriber_changed"), 2);
    EXPECT_EQ(value_of("numproof_token_claims_total", "claimed"), 0);
    EXPECT_EQ(value_of("numproof_token_claims_total", "failed"), 1);
}

}  // namespace
}  // namespace numproof
