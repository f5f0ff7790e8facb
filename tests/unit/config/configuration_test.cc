// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/configuration.h"

#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/config/flow_text.h"
#include "daemon/config/render.h"
#include "daemon/config/setting_table.h"

namespace numproof {
namespace {

using Mode = ConfigurationContext::Mode;

Configuration read_flow(const std::string& flow) {
    const auto written = parse_flow(flow, {.source = "test"});
    return read_configuration(
               written, {.mode = Mode::sandbox, .credentials_directory = "/run/credentials/np"}
    )
        .value();
}

TEST(Defaults, AreTheOnesThatArePromised) {
    const auto settings = read_flow("{}").settings;

    EXPECT_EQ(settings.node.name, "np1");
    EXPECT_TRUE(settings.node.api && settings.node.auth && settings.node.ingest);
    EXPECT_EQ(settings.http.listen.at(0).address.port, 9091);
    EXPECT_EQ(settings.http.listen.at(0).tls, std::nullopt);
    EXPECT_EQ(settings.http.workers, std::nullopt);
    EXPECT_EQ(settings.http.mounts.size(), 3U);
    EXPECT_EQ(settings.http.mounts.at(0).errors, ErrorProfile::orange);
    EXPECT_EQ(settings.http.limits.head_bytes, 8192U);
    EXPECT_EQ(settings.http.timeouts.request, std::chrono::seconds{2});
    EXPECT_EQ(settings.http.rate_per_client, (RateLimit{.rate = 500, .burst = 1000}));
    EXPECT_EQ(settings.auth.token_ttl, std::chrono::seconds{120});
    EXPECT_EQ(settings.directory.backend, DirectoryBackend::redis);
    EXPECT_EQ(settings.directory.max_staleness, std::chrono::seconds{5});
    EXPECT_EQ(settings.directory.lateness_max, std::chrono::minutes{10});
    EXPECT_EQ(settings.ingest.feeds.at(0).freshness, Freshness::heartbeat);
    EXPECT_EQ(settings.audit.spool_bytes_max, 1073741824U);
    EXPECT_EQ(settings.audit.on_spool_failure, OnSpoolFailure::deny);
}

TEST(Settings, AreReadIntoTheirTypes) {
    const auto settings =
        read_flow(
            "{http: {workers: 4, rate_limits: null, mounts: [{prefix: /nv, contract: v1}]}, "
            "directory: {redis: {password_file: \"credential:redis\"}}, "
            "ingest: {feeds: [{topic: a, freshness: caught_up}, {topic: b}]}, "
            "node: {roles: [api]}, log: {level: debug, target: stderr}}"
        )
            .settings;

    EXPECT_EQ(settings.http.workers, 4U);
    EXPECT_EQ(settings.http.rate_per_client, std::nullopt);
    EXPECT_EQ(settings.http.mounts.at(0).contract, ContractVersion::v1);
    EXPECT_EQ(settings.http.mounts.at(0).errors, ErrorProfile::camara);
    EXPECT_EQ(settings.directory.redis.password_file, "/run/credentials/np/redis");
    EXPECT_EQ(settings.ingest.feeds.at(0).freshness, Freshness::caught_up);
    EXPECT_EQ(settings.ingest.feeds.at(1).freshness, Freshness::heartbeat);
    EXPECT_FALSE(settings.node.auth);
    EXPECT_EQ(settings.log.level, LoggingLevel::debug);
    EXPECT_EQ(settings.log.target, LoggingTarget::standard_error);
}

TEST(Settings, OfAListenerSayHowItSpeaksTls) {
    const auto listen =
        read_flow(
            "{http: {listen: [{address: \"[::1]:1\"}, {address: \"[::1]:2\", tls: "
            "{certificate_file: /c, key_file: \"credential:k\"}}, {address: \"[::1]:3\", tls: "
            "{certificate_file: /c, key_file: /k, client_ca_file: \"credential:ca\", "
            "client_certificate: required, min_version: \"1.3\"}}]}}"
        )
            .settings.http.listen;

    EXPECT_EQ(listen.at(0).tls, std::nullopt);
    EXPECT_EQ(
        listen.at(1).tls,
        (ListenTlsSettings{.certificate_file = "/c", .key_file = "/run/credentials/np/k"})
    );
    EXPECT_EQ(
        listen.at(2).tls,
        (ListenTlsSettings{
            .certificate_file = "/c",
            .key_file = "/k",
            .client_ca_file = "/run/credentials/np/ca",
            .client_certificate = ClientCertificate::required,
            .only_tls13 = true})
    );
}

TEST(ConfigHash, ChangesWithASettingAndNotWithItsSpelling) {
    const OpensslCrypto crypto;
    const auto hash = [&crypto](const std::string& flow) {
        return config_hash(read_flow(flow).effective, crypto);
    };

    EXPECT_EQ(hash("{}").size(), 64U);
    EXPECT_EQ(hash("{}"), hash("{auth: {tokens: {ttl: 120s}}}"));
    EXPECT_EQ(hash("{auth: {tokens: {ttl: 2m}}}"), hash("{auth: {tokens: {ttl: 120000ms}}}"));
    EXPECT_NE(hash("{}"), hash("{auth: {tokens: {ttl: 121s}}}"));
}

TEST(EffectiveYaml, ShowsEverySectionAndOverride) {
    const auto yaml = effective_yaml(read_flow("{log: {level: debug}}").effective);

    EXPECT_NE(yaml.find("\n    head_bytes: 8KiB\n"), std::string::npos) << yaml.find("head_bytes");
    EXPECT_NE(yaml.find("\nlog:\n  target: journal\n  level: debug\n"), std::string::npos);
}

TEST(SetAtPath, MakesMappingsOnItsWayAndReplacesWhatIsThere) {
    auto root = parse_flow("{a: 1, b: {c: 2}}", {});

    set_at_path(root, "a.x", make_scalar("3", {}));
    set_at_path(root, "b.c", make_scalar("4", {}));
    set_at_path(root, "kafka.properties.x.y", make_scalar("5", {}));

    EXPECT_EQ(flow_text(root), "{a: {x: 3}, b: {c: 4}, kafka: {properties: {x.y: 5}}}");
}

void for_each_setting(const Setting& section, const std::function<void(const Setting&)>& use) {
    for (const auto& member : section.members) {
        use(member);
        for_each_setting(member, use);
    }
}

TEST(SettingTable, ExplainsEveryKeyInASentence) {
    const auto check = [](const Setting& setting) {
        EXPECT_TRUE(setting.doc.ends_with('.')) << setting.key;
        EXPECT_EQ(setting.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos);
    };
    for_each_setting(setting_table(), check);
    for_each_setting(client_table(), check);
}

TEST(SettingTable, HasNoKeyTwiceInASection) {
    for_each_setting(setting_table(), [](const Setting& setting) {
        std::set<std::string_view> members;
        for (const auto& member : setting.members) {
            EXPECT_TRUE(members.insert(member.key).second) << member.key;
        }
    });
}

TEST(NearestWord, IsNearEnoughForATypingError) {
    const std::vector<std::string_view> known{"listen", "limits", "mounts", "timeouts"};

    EXPECT_EQ(nearest_word("lissten", known), "listen");
    EXPECT_EQ(nearest_word("limts", known), "limits");
    EXPECT_EQ(nearest_word("mounst", known), "mounts");
    EXPECT_EQ(nearest_word("colour", known), "");
    EXPECT_EQ(nearest_word("ab", known), "");
}

}  // namespace
}  // namespace numproof
