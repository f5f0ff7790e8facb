// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/yaml/settings_loader.h"
#include "daemon/config/flow_text.h"
#include "daemon/config/setting_table.h"

namespace numproof {
namespace {

using Mode = ConfigurationContext::Mode;

Checked<Configuration> load_with(const std::vector<std::string>& overrides) {
    return load_settings(
        {.source = "f.yaml", .content = "auth: {issuer: 'https://idp.example.com'}\n"},
        overrides,
        {.mode = Mode::regular, .credentials_directory = "/run/credentials/numproofd.service"}
    );
}

/// A key, a value that is not its default, and what else that value needs.
struct Settable {
    const char* key;
    const char* value;
    std::vector<std::string> with;
};

/// What OAUTHBEARER needs at least.
const std::string kBearer =
    "kafka.security={protocol: sasl_ssl, mechanism: OAUTHBEARER, client_id: c, "
    "client_secret_file: /s, token_endpoint_url: \"https://idp.example\"}";

const std::vector<Settable> kSettable{
    {"node.name", "np7", {}},
    {"node.roles", "[api, auth]", {}},
    {"http.listen",
     "[{address: \"[::1]:1\", tls: {certificate_file: /c.pem, key_file: \"credential:key\", "
     "client_ca_file: /ca.pem, client_certificate: optional, min_version: \"1.3\"}, "
     "proxy_protocol: false}, "
     "{address: \"unix:/run/a\", tls: null, proxy_protocol: false}]",
     {}},
    {"http.admin", "\"[::1]:0\"", {}},
    {"http.admin_socket", "/run/a.sock", {}},
    {"http.workers", "3", {}},
    {"http.trusted_proxies", "[10.0.0.0/8, \"2001:db8::/32\"]", {}},
    {"http.mounts", "[{prefix: /a/b.c, contract: v0, errors: camara}]", {}},
    {"http.server_names", "[api.example.com, \"[::1]\"]", {}},
    {"http.limits.head_bytes", "16KiB", {}},
    {"http.limits.uri_bytes", "1KiB", {}},
    {"http.limits.body_bytes", "1MiB", {}},
    {"http.limits.headers", "8", {}},
    {"http.limits.connections", "1000000", {}},
    {"http.limits.connections_per_address", "1", {}},
    {"http.timeouts.head", "10ms", {}},
    {"http.timeouts.body", "1s", {}},
    {"http.timeouts.idle", "1h", {}},
    {"http.timeouts.write", "3s", {}},
    {"http.timeouts.tls_handshake", "1m", {}},
    {"http.timeouts.request", "500ms", {}},
    {"http.timeouts.drain_delay", "7s", {}},
    {"http.rate_limits.per_client", "null", {}},
    {"http.rate_limits.per_client.rate", "0.5", {}},
    {"http.rate_limits.per_client.burst", "2", {}},
    {"http.rate_limits.authorize_per_subscriber", "null", {}},
    {"http.rate_limits.authorize_per_subscriber.rate", "3", {}},
    {"http.rate_limits.authorize_per_subscriber.burst", "4", {}},
    {"http.rate_limits", "null", {}},
    {"auth.issuer", "\"http://localhost:9091\"", {}},
    {"auth.paths.authorize", "[/oauth2/authorize, /oauth2/auth]", {}},
    {"auth.paths.token", "[/apigateway/token]", {}},
    {"auth.tokens.mode", "native", {}},
    {"auth.tokens.ttl", "5m", {}},
    {"auth.signing_keys_dir", "/k", {}},
    {"auth.clients_file", "/c.yaml", {}},
    {"auth.off_network_error", "access_denied", {}},
    {"auth.entitlement", "null", {}},
    {"directory.backend", "memory", {}},
    {"directory.redis.mode", "standalone", {}},
    {"directory.redis.addresses", "[\"redis.example.com:6380\"]", {}},
    {"directory.redis.username", "numproof", {"directory.redis.password_file=/etc/numproof/redis"}},
    {"directory.redis.password_file", "\"credential:redis\"", {}},
    {"directory.redis.master_name",
     "mymaster",
     {"directory.redis.mode=sentinel", "directory.redis.addresses=['s1:26379']"}},
    {"directory.redis.sentinel_username",
     "watcher",
     {"directory.redis.mode=sentinel",
      "directory.redis.master_name=mymaster",
      "directory.redis.sentinel_password_file=/etc/numproof/sentinel"}},
    {"directory.redis.sentinel_password_file",
     "/etc/numproof/sentinel",
     {"directory.redis.mode=sentinel", "directory.redis.master_name=mymaster"}},
    {"directory.redis.tls.ca_file", "/etc/ssl/redis.pem", {}},
    {"directory.redis.tls.certificate_file",
     "/etc/ssl/np.pem",
     {"directory.redis.tls={ca_file: /a, key_file: /b}"}},
    {"directory.redis.tls.key_file",
     "/etc/ssl/np.key",
     {"directory.redis.tls={ca_file: /a, certificate_file: /b}"}},
    {"directory.redis.tls.server_name", "redis.example.com", {"directory.redis.tls={ca_file: /a}"}},
    {"directory.redis.tls.min_version", "\"1.3\"", {"directory.redis.tls={ca_file: /a}"}},
    {"directory.redis.deadline", "250ms", {}},
    {"directory.key_file", "/d.key", {}},
    {"directory.max_staleness", "1s", {}},
    {"directory.conflict_skew", "0s", {}},
    {"directory.missed_interims", "1", {}},
    {"directory.lateness_max", "1h", {}},
    {"directory.domains",
     "[{name: internet, devices: [0.0.0.0/0]}, {name: ims, devices: [\"::/0\"]}]",
     {}},
    {"directory.default_domain", "ims", {"directory.domains=[{name: ims, devices: ['::/0']}]"}},
    {"directory.numbering.country_code", "\"34\"", {}},
    {"directory.numbering.national_prefix", "\"0\"", {"directory.numbering.country_code='49'"}},
    {"directory.numbering.ranges", "[\"+346\", \"+347\"]", {}},
    {"kafka.brokers", "[\"a:1\", \"[::1]:2\"]", {}},
    {"kafka.security.protocol", "ssl", {}},
    {"kafka.security.mechanism", "GSSAPI", {"kafka.security.protocol=sasl_plaintext"}},
    {"kafka.security.username",
     "u",
     {"kafka.security.protocol=sasl_ssl",
      "kafka.security.mechanism=PLAIN",
      "kafka.security.password_file=/p"}},
    {"kafka.security.password_file",
     "/p",
     {"kafka.security={protocol: sasl_ssl, mechanism: SCRAM-SHA-512, username: u}"}},
    {"kafka.security.ca_file", "/ca.pem", {"kafka.security.protocol=ssl"}},
    {"kafka.security.certificate_file", "/c.pem", {"kafka.security={protocol: ssl, key_file: /k}"}},
    {"kafka.security.key_file", "/k", {"kafka.security={protocol: ssl, certificate_file: /c}"}},
    {"kafka.security.key_password_file",
     "/kp",
     {"kafka.security={protocol: ssl, certificate_file: /c, key_file: /k}"}},
    {"kafka.security.token_endpoint_url", "\"https://idp.example/token\"", {kBearer}},
    {"kafka.security.token_ca_file", "/idp.pem", {kBearer}},
    {"kafka.security.client_id", "np", {kBearer}},
    {"kafka.security.client_secret_file", "/cs", {kBearer}},
    {"kafka.security.scope", "kafka", {kBearer}},
    {"kafka.properties", "{debug: \"broker,topic\", socket.keepalive.enable: \"true\"}", {}},
    {"ingest.group", "g2", {}},
    {"ingest.feeds", "[{topic: a, dialect: native, freshness: caught_up}]", {}},
    {"ingest.dead_letter_topic", "dlq", {}},
    {"ingest.poison_burst.records", "1", {}},
    {"ingest.poison_burst.window", "1m", {}},
    {"ingest.poison_burst.share", "0.25", {}},
    {"audit.topic", "a", {}},
    {"audit.spool_dir", "/s", {}},
    {"audit.spool_bytes_max", "64KiB", {}},
    {"audit.on_spool_failure", "allow", {}},
    {"audit.key_file", "/a.key", {}},
    {"log.target", "stderr", {}},
    {"log.level", "error", {}},
    {"log.format", "json", {}},
};

TEST(Overrides, TakeTheirPlacesInTheEffectiveConfiguration) {
    for (const auto& settable : kSettable) {
        auto overrides = settable.with;
        overrides.push_back(std::string{settable.key} + "=" + settable.value);

        const auto read = load_with(overrides);

        ASSERT_TRUE(read.has_value()) << settable.key << "\n" << to_text(read.error());
        const auto* node = read->effective.find_path(settable.key);
        ASSERT_NE(node, nullptr) << settable.key;
        EXPECT_EQ(flow_text(*node), settable.value) << settable.key;
    }
}

void collect_keys(const Setting& section, const std::string& path, std::set<std::string>& keys) {
    for (const auto& member : section.members) {
        const auto key =
            path.empty() ? std::string{member.key} : path + "." + std::string{member.key};
        if (member.type == SettingType::section && member.unsupported.empty()) {
            collect_keys(member, key, keys);
        } else {
            keys.insert(key);
        }
    }
}

TEST(Overrides, AreTriedForEveryKeyOfTheTable) {
    std::set<std::string> keys;
    collect_keys(setting_table(), "", keys);

    for (const auto& settable : kSettable) {
        keys.erase(settable.key);
    }

    EXPECT_TRUE(keys.empty()) << "not tried: " << *keys.begin();
}

TEST(Overrides, ReplaceWhatTheFileSaysAndTheLastOneCounts) {
    const auto read = load_with({"log.level=debug", "log={level: warning}", "log.format=json"});

    ASSERT_TRUE(read.has_value()) << to_text(read.error());
    EXPECT_EQ(read->settings.log.level, LoggingLevel::warning);
    EXPECT_EQ(read->settings.log.format, LoggingFormat::json);
}

TEST(Overrides, NameAPropertyOfKafkaWithItsDots) {
    const auto read = load_with({"kafka.properties.statistics.interval.ms=5000"});

    ASSERT_TRUE(read.has_value()) << to_text(read.error());
    EXPECT_EQ(read->settings.kafka.properties.at("statistics.interval.ms"), "5000");
}

struct BadOverride {
    const char* text;
    const char* messages;
};

TEST(Overrides, AreRefusedByTheirKey) {
    const BadOverride cases[] = {
        {"http.workers=many",
         "--set http.workers: http.workers must be a whole number from 1 to 256, or auto\n"},
        {"http.wrokers=4",
         "--set http.wrokers: unknown key \"wrokers\" in http (did you mean \"workers\"?)\n"},
        {"http.limits={head_bites: 8KiB}",
         "--set http.limits: unknown key \"head_bites\" in http.limits (did you mean "
         "\"head_bytes\"?)\n"},
        {"auth.tokens.ttl=10m",
         "--set auth.tokens.ttl: auth.tokens.ttl must be a duration (ms, s, m, h) from 1s to "
         "300s\n"},
        {"http.workers", "--set: must be KEY=VALUE, KEY a dotted path\n"},
        {"=4", "--set: must be KEY=VALUE, KEY a dotted path\n"},
        {"http..workers=4", "--set: must be KEY=VALUE, KEY a dotted path\n"},
        {"kafka.brokers=[", "--set kafka.brokers: not YAML: end of sequence flow not found\n"},
        {"http.listen.address=1", "--set http.listen.address: http.listen must be a list\n"},
        {"http.admin=", "--set http.admin: http.admin needs a value\n"},
    };
    for (const auto& bad : cases) {
        const auto read = load_with({bad.text});

        ASSERT_FALSE(read.has_value()) << bad.text;
        EXPECT_EQ(to_text(read.error()), bad.messages);
    }
}

TEST(Overrides, AreToldTogetherWithTheMistakesOfTheFile) {
    const auto read = load_settings(
        {.source = "f.yaml", .content = "log: {level: loud}\n"},
        {"http.workers=0", "nonsense"},
        {.mode = Mode::sandbox}
    );

    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(
        to_text(read.error()),
        "f.yaml:1:14: log.level must be one of debug, info, warning, error\n"
        "--set: must be KEY=VALUE, KEY a dotted path\n"
        "--set http.workers: http.workers must be a whole number from 1 to 256, or auto\n"
    );
}

}  // namespace
}  // namespace numproof
