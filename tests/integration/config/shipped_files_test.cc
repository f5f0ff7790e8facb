// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "adapters/yaml/key_file.h"
#include "adapters/yaml/settings_loader.h"
#include "daemon/config/render.h"
#include "embedded/sandbox.h"

namespace numproof {
namespace {

using Mode = ConfigurationContext::Mode;

const std::string kSource = NUMPROOF_SOURCE_DIR;

TEST(ShippedSettings, AreTheDefaults) {
    const std::vector<std::string> issuer{"auth.issuer=https://idp.example.com"};
    const auto shipped = load_settings_file(kSource + "/config/numproof.yaml", issuer, {});
    const auto defaults = load_settings({.source = "nothing", .content = ""}, issuer, {});

    ASSERT_TRUE(shipped.has_value()) << to_text(shipped.error());
    ASSERT_TRUE(defaults.has_value()) << to_text(defaults.error());
    EXPECT_EQ(effective_yaml(shipped->effective), effective_yaml(defaults->effective));
}

TEST(ShippedSettings, LackNothingButTheIssuer) {
    const auto shipped = load_settings_file(kSource + "/config/numproof.yaml", {}, {});

    ASSERT_FALSE(shipped.has_value());
    ASSERT_EQ(shipped.error().size(), 1U);
    EXPECT_EQ(
        shipped.error()[0].message, "auth.issuer must be set: only the sandbox can do without"
    );
    EXPECT_GT(shipped.error()[0].at.line, 0U);
}

TEST(ShippedSettings, ShowMountsForTheBuiltInPathsOfSdks) {
    const auto read = load_settings_file(kSource + "/config/examples/sdk-paths.yaml", {}, {});

    ASSERT_TRUE(read.has_value()) << to_text(read.error());
    const auto& mounts = read->settings.http.mounts;
    const auto v031 =
        std::ranges::find(mounts, "/camara/number-verification/v031", &MountSetting::prefix);
    ASSERT_NE(v031, mounts.end());
    EXPECT_EQ(v031->contract, ContractVersion::v0);
    EXPECT_EQ(v031->errors, ErrorProfile::camara);
    EXPECT_EQ(read->settings.auth.token_paths[1], "/apigateway/token");
}

TEST(ShippedClients, OfTheExampleHold) {
    const auto clients = load_clients_file(kSource + "/config/examples/clients.yaml");

    ASSERT_TRUE(clients.has_value()) << to_text(clients.error());
    EXPECT_EQ(clients->size(), 3U);
}

Checked<Configuration> sandbox(const std::vector<std::string>& overrides) {
    return load_settings(
        {.source = "sandbox.yaml", .content = embedded::sandbox::sandbox_yaml},
        overrides,
        {.mode = Mode::sandbox}
    );
}

TEST(Sandbox, ListensOnLoopbackOnlyAndKeepsEverythingInMemory) {
    const auto read = sandbox({});

    ASSERT_TRUE(read.has_value()) << to_text(read.error());
    const auto& settings = read->settings;
    EXPECT_EQ(
        settings.http.listen[0].address,
        (HostPort{.host = "127.0.0.1", .port = 9091, .unix_path = {}})
    );
    EXPECT_EQ(
        settings.http.listen[1].address, (HostPort{.host = "::1", .port = 9091, .unix_path = {}})
    );
    EXPECT_EQ(settings.directory.backend, DirectoryBackend::memory);
    EXPECT_TRUE(settings.kafka.brokers.empty());
    EXPECT_TRUE(settings.auth.issuer.empty());
    EXPECT_TRUE(settings.audit.spool_dir.empty());
}

TEST(Sandbox, StandsOnRealServersWhenItIsTold) {
    const auto read = sandbox({"directory.backend=redis", "kafka.brokers=['127.0.0.1:19092']"});

    ASSERT_TRUE(read.has_value()) << to_text(read.error());
    EXPECT_EQ(read->settings.directory.backend, DirectoryBackend::redis);
    EXPECT_EQ(read->settings.directory.redis.addresses.front().port, 6379);
    EXPECT_EQ(read->settings.kafka.brokers[0], "127.0.0.1:19092");
}

TEST(Sandbox, HasTheDomainsOfItsDevices) {
    const auto read = sandbox({});

    ASSERT_TRUE(read.has_value());
    const auto& devices = read->settings.directory.domains.at(0).devices;
    EXPECT_TRUE(devices.at(0).contains(IpAddress::parse("127.0.10.1").value()));
    EXPECT_TRUE(devices.at(1).contains(IpAddress::parse("::1").value()));
}

ClientRegistry sandbox_clients() {
    return load_clients({.source = "clients.yaml",
                         .content = embedded::sandbox::sandbox_clients_yaml})
        .value();
}

TEST(SandboxClients, KnowTheirSecret) {
    const OpensslCrypto crypto;
    for (const auto* id : {"sandbox-app", "sandbox-legacy"}) {
        const auto clients = sandbox_clients();
        const auto& hash = clients.at(id).secret_hash;
        const auto second = hash.find('$', 7);
        const auto salt = parse_base64url(hash.substr(7, second - 7)).value();

        EXPECT_EQ(
            to_base64url(as_view(crypto.sha256(salt + "sandbox-secret"))), hash.substr(second + 1)
        ) << id;
    }
}

TEST(SandboxClients, DifferAsTheirNamesSay) {
    const auto clients = sandbox_clients();

    ASSERT_EQ(clients.size(), 3U);
    const auto& legacy = clients.at("sandbox-legacy");
    EXPECT_EQ(legacy.legacy_scopes, Client::LegacyScopes::accepted);
    EXPECT_EQ(legacy.number_plus_sign, Client::PlusSign::optional);
    EXPECT_EQ(legacy.redirect_uri_at_token, Client::RedirectAtToken::ignored);
    EXPECT_EQ(clients.at("sandbox-app").legacy_scopes, Client::LegacyScopes::refused);
    const auto& jwt = clients.at("sandbox-jwt");
    EXPECT_EQ(jwt.auth_methods, std::vector{ClientAuthMethod::private_key_jwt});
    ASSERT_EQ(jwt.keys.size(), 1U);
    EXPECT_EQ(jwt.keys[0].kid, "sandbox-jwt");
    EXPECT_TRUE(jwt.keys[0].jwk.starts_with("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""));
    for (const auto& [id, client] : clients) {
        EXPECT_EQ(client.redirect_uris, std::vector<std::string>{"http://127.0.0.1:9999/callback"});
        EXPECT_EQ(client.scopes.bits(), 7);
        EXPECT_EQ(client.purposes, std::vector<std::string>{"dpv:FraudPreventionAndDetection"});
    }
}

TEST(SandboxKeys, AreKeys) {
    EXPECT_TRUE(parse_keys(embedded::sandbox::sandbox_directory_key, "directory.key").has_value());
    EXPECT_TRUE(parse_keys(embedded::sandbox::sandbox_audit_key, "audit.key").has_value());
    EXPECT_TRUE(embedded::sandbox::sandbox_signing_pem.starts_with("-----BEGIN PRIVATE KEY-----\n")
    );
}

}  // namespace
}  // namespace numproof
