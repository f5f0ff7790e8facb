// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/reload_plan.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "adapters/yaml/settings_loader.h"
#include "daemon/app/certificates.h"
#include "tests/fakes/memory_log.h"
#include "tests/fakes/test_certificates.h"

namespace numproof {
namespace {

// Keys and clients are the sandbox's own: no file is read.
constexpr std::string_view kBase = R"(
node: {name: np1, roles: [api, auth, ingest]}
http: {listen: [{address: "127.0.0.1:0"}]}
audit: {spool_dir: /nowhere, key_file: null}
auth: {issuer: "http://localhost", signing_keys_dir: null, clients_file: null}
kafka: {brokers: ["127.0.0.1:9092"]}
directory:
  backend: redis
  key_file: null
  redis: {addresses: ["127.0.0.1:6379"]}
  domains: [{name: internet, devices: [127.0.0.0/8]}]
)";

Reading read(const std::vector<std::string>& overrides) {
    const ConfigurationContext context{.mode = ConfigurationContext::Mode::sandbox};
    auto made =
        load_settings({.source = "test", .content = std::string{kBase}}, overrides, context);
    EXPECT_TRUE(made.has_value()) << (made ? "" : to_text(made.error()));
    const OpensslCrypto crypto;
    auto material = read_key_material(made->settings, crypto);
    EXPECT_TRUE(material.has_value()) << (material ? "" : material.error());
    return {.configuration = std::move(*made), .material = std::move(*material)};
}

class ReloadPlanTest : public testing::Test {
protected:
    ReloadPlanTest() {
        auto first = read({});
        foundation_.emplace(std::move(first.configuration), std::move(first.material), log_);
    }

    [[nodiscard]] ReloadPlan plan(const std::vector<std::string>& overrides) const {
        return plan_reload(*foundation_, read(overrides), "");
    }

    MemoryLog log_;
    std::optional<Foundation> foundation_;
};

struct Case {
    std::string_view path;
    std::string_view value;
    bool directory, ingest, kafka;
};

const std::vector<Case> kTaken{
    {"http.limits.uri_bytes", "1KiB", false, false, false},
    {"log.level", "debug", false, false, false},
    {"log.format", "json", false, false, false},
    {"audit.spool_bytes_max", "2GiB", false, false, false},
    {"audit.topic", "other", false, false, true},
    {"directory.backend", "memory", true, true, false},
    {"directory.max_staleness", "7s", true, true, false},
    {"directory.conflict_skew", "3s", true, true, false},
    {"directory.missed_interims", "7", true, true, false},
    {"directory.lateness_max", "2h", true, true, false},
    {"directory.domains", "[{name: internet, devices: [10.0.0.0/8]}]", true, true, false},
    {"directory.numbering", "{ranges: ['+34']}", true, true, false},
    {"directory.redis.addresses", "['127.0.0.1:6380']", true, true, false},
    {"directory.redis.deadline", "1s", true, true, false},
    {"ingest.group", "another", false, true, true},
    {"kafka.brokers", "['127.0.0.1:9093']", false, true, true},
};

TEST_F(ReloadPlanTest, WhatIsTakenAndWhatIsMadeAnewForIt) {
    for (const auto& one : kTaken) {
        const auto made = plan({std::string{one.path} + "=" + std::string{one.value}});
        EXPECT_EQ(made.refusal, "") << one.path;
        ASSERT_FALSE(made.changed.empty()) << one.path;
        EXPECT_TRUE(made.changed.front().starts_with(one.path)) << made.changed.front();
        EXPECT_EQ(made.renewals.directory, one.directory) << one.path;
        EXPECT_EQ(made.renewals.ingest, one.ingest) << one.path;
        EXPECT_EQ(made.renewals.kafka, one.kafka) << one.path;
    }
}

TEST_F(ReloadPlanTest, NothingChangedNeedsNothing) {
    const auto made = plan({});
    EXPECT_TRUE(made.changed.empty());
    EXPECT_EQ(made.refusal, "");
    EXPECT_FALSE(made.renewals.directory || made.renewals.ingest || made.renewals.kafka);
}

TEST_F(ReloadPlanTest, WhatOnlyARestartChangesIsNamed) {
    const std::vector<std::string> refused{
        "audit.spool_dir=/else", "node.name=np2", "http.workers=3"};
    for (const auto& one : refused) {
        const auto path = one.substr(0, one.find('='));
        const auto made = plan({one, "directory.max_staleness=7s"});
        EXPECT_NE(made.refusal.find(path + ": only a restart changes this"), std::string::npos)
            << one << ": " << made.refusal;
    }
}

TEST_F(ReloadPlanTest, AMemoryIsKeptOnlyWhileTheDirectoryLivesThere) {
    const auto in_memory = [&] {
        auto next = read({"directory.backend=memory"});
        return next_edition(*foundation_, std::move(next), {.directory = true, .ingest = true});
    };
    EXPECT_EQ(foundation_->edition->memory, nullptr);
    foundation_->edition = in_memory();
    const auto first = foundation_->edition->memory;
    ASSERT_NE(first, nullptr);
    foundation_->edition = in_memory();
    EXPECT_EQ(foundation_->edition->memory, first);

    foundation_->edition = next_edition(*foundation_, read({}), {.directory = true});
    EXPECT_EQ(foundation_->edition->memory, nullptr);
    foundation_->edition = in_memory();
    EXPECT_NE(foundation_->edition->memory, first) << "what was true then may not be now";
}

TEST_F(ReloadPlanTest, AnotherAuditKeyIsTaken) {
    auto fresh = read({});
    const OpensslCrypto crypto;
    fresh.material.audit = {name_key(crypto, SecretKey{std::string(32, 'n')})};
    EXPECT_EQ(plan_reload(*foundation_, fresh, "").changed, std::vector<std::string>{"audit key"});
    const auto id = fresh.material.audit.front().id;
    EXPECT_EQ(next_edition(*foundation_, std::move(fresh), {})->audit.front().id, id);
}

TEST_F(ReloadPlanTest, AnotherPasswordMakesAnewWhatUsesIt) {
    auto redis = read({});
    redis.material.passwords.redis = RedisPassword{std::string{"another"}};
    const auto first = plan_reload(*foundation_, redis, "");
    EXPECT_EQ(first.changed, std::vector<std::string>{"directory.redis.password_file"});
    EXPECT_TRUE(first.renewals.directory && first.renewals.ingest && !first.renewals.kafka);

    auto kafka = read({});
    kafka.material.passwords.kafka = KafkaPassword{std::string{"another"}};
    const auto second = plan_reload(*foundation_, kafka, "");
    EXPECT_EQ(second.changed, std::vector<std::string>{"kafka.security.password_file"});
    EXPECT_TRUE(!second.renewals.directory && second.renewals.ingest && second.renewals.kafka);
}

void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
}

/// A node with files for Kafka that can be renewed under their names.
class KafkaFilesTest : public testing::Test {
protected:
    KafkaFilesTest() {
        copy(certificates_.authority(), file("ca.copy"));
        show(certificates_.make("DNS:one", 1));
        auto first = read(settings());
        foundation_.emplace(std::move(first.configuration), std::move(first.material), log_);
    }

    void show(const TestCertificates::Files& files) {
        copy(files.certificate, file("own.pem"));
        copy(files.key, file("own.key"));
    }

    [[nodiscard]] std::string file(const std::string& name) const {
        return certificates_.path(name);
    }

    [[nodiscard]] std::vector<std::string> settings() const {
        return {
            "kafka.security.protocol=ssl",
            "kafka.security.ca_file=" + file("ca.copy"),
            "kafka.security.certificate_file=" + file("own.pem"),
            "kafka.security.key_file=" + file("own.key")};
    }

    [[nodiscard]] ReloadPlan plan() const {
        return plan_reload(*foundation_, read(settings()), "");
    }

    MemoryLog log_;
    TestCertificates certificates_;
    std::optional<Foundation> foundation_;
};

TEST_F(KafkaFilesTest, ThatAreTheSameChangeNothing) {
    EXPECT_TRUE(plan().changed.empty());
}

TEST_F(KafkaFilesTest, RenewedUnderTheirNamesMakeTheWaysToKafkaAnew) {
    show(certificates_.make("DNS:one", 2));

    const auto made = plan();

    EXPECT_EQ(made.refusal, "");
    const std::vector<std::string> both{
        "kafka.security.certificate_file", "kafka.security.key_file"};
    EXPECT_EQ(made.changed, both);
    EXPECT_TRUE(!made.renewals.directory && made.renewals.ingest && made.renewals.kafka);
}

TEST_F(KafkaFilesTest, OtherAuthoritiesMakeTheWaysToKafkaAnew) {
    TestCertificates others;
    copy(others.authority(), file("ca.copy"));
    EXPECT_EQ(plan().changed, std::vector<std::string>{"kafka.security.ca_file"});

    auto tokens = read(settings());
    tokens.material.kafka_files.authorities = foundation_->edition->kafka_files.authorities;
    tokens.material.kafka_files.token_authorities.fill(1);
    const auto made = plan_reload(*foundation_, tokens, "");
    EXPECT_EQ(made.changed, std::vector<std::string>{"kafka.security.token_ca_file"});
    EXPECT_TRUE(made.renewals.ingest && made.renewals.kafka);
}

TEST_F(KafkaFilesTest, TheEndOfOurCertificateIsTheOneInForce) {
    const auto before = certificates_of(*foundation_);
    ASSERT_EQ(before.size(), 1U);
    EXPECT_EQ(before.front().name, "kafka.security.certificate_file");

    show(certificates_.make("DNS:one", 2));
    EXPECT_EQ(certificates_of(*foundation_).front().at, before.front().at);
    auto fresh = read(settings());
    foundation_->edition = next_edition(*foundation_, std::move(fresh), plan().renewals);
    EXPECT_GT(certificates_of(*foundation_).front().at, before.front().at + std::chrono::hours{23});
}

TEST_F(ReloadPlanTest, ShowsNoCertificateAndSoTellsNoEnd) {
    EXPECT_TRUE(certificates_of(*foundation_).empty());
}

TEST_F(ReloadPlanTest, ANewDirectoryKeySealsTheDirectoryThroughANewReader) {
    auto fresh = read({});
    auto& ring = fresh.material.directory;
    const OpensslCrypto crypto;
    ring.insert(ring.begin(), name_key(crypto, SecretKey{std::string(32, 'k')}));
    const auto made = plan_reload(*foundation_, fresh, "");
    EXPECT_EQ(made.changed, std::vector<std::string>{"directory keys"});
    EXPECT_TRUE(made.renewals.ingest && !made.renewals.directory);
    ring.pop_back();
    const auto old = foundation_->edition->directory.front().id;
    EXPECT_NE(
        plan_reload(*foundation_, fresh, old).refusal.find("lacks key " + old), std::string::npos
    );
}

TEST_F(ReloadPlanTest, AnotherStoreHasAVaultOfItsOwn) {
    const auto same = next_edition(*foundation_, read({"log.level=debug"}), {});
    EXPECT_EQ(same->vault, foundation_->edition->vault);
    const auto change = plan({"directory.redis.addresses=['127.0.0.1:6380']"});
    const auto other = next_edition(
        *foundation_, read({"directory.redis.addresses=['127.0.0.1:6380']"}), change.renewals
    );
    EXPECT_NE(other->vault, foundation_->edition->vault);
    EXPECT_EQ(other->settings.directory.redis.addresses.front().port, 6380);
}

}  // namespace
}  // namespace numproof
