// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/settings_builder.h"

#include <string>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/config/credential.h"
#include "daemon/config/setting_view.h"

namespace numproof {
namespace {

HostPort listen_address(const SettingView& view) {
    auto address = parse_listen_address(view.text());
    NP_CHECK(address.has_value());
    return *std::move(address);
}

RedisSetup redis_setup(std::string_view word) {
    if (word == "cluster") {
        return RedisSetup::cluster;
    }
    return word == "sentinel" ? RedisSetup::sentinel : RedisSetup::standalone;
}

HostPort redis_address(const SettingView& view) {
    auto address = parse_redis_address(view.text());
    NP_CHECK(address.has_value());
    return *std::move(address);
}

LimitSettings make_limits(const SettingView& limits) {
    return {
        .head_bytes = limits["head_bytes"].size(),
        .uri_bytes = limits["uri_bytes"].size(),
        .body_bytes = limits["body_bytes"].size(),
        .headers = limits["headers"].integer(),
        .connections = limits["connections"].integer(),
        .connections_per_address = limits["connections_per_address"].integer(),
    };
}

TimeoutSettings make_timeouts(const SettingView& timeouts) {
    return {
        .head = timeouts["head"].duration(),
        .body = timeouts["body"].duration(),
        .idle = timeouts["idle"].duration(),
        .write = timeouts["write"].duration(),
        .tls_handshake = timeouts["tls_handshake"].duration(),
        .request = timeouts["request"].duration(),
        .drain_delay = timeouts["drain_delay"].duration(),
    };
}

MountSetting make_mount(const SettingView& mount) {
    const auto contract = mount["contract"].text();
    return {
        .prefix = mount["prefix"].text(),
        .contract = contract == "v0"   ? ContractVersion::v0
                    : contract == "v1" ? ContractVersion::v1
                                       : ContractVersion::v2,
        .errors = mount["errors"].text() == "orange" ? ErrorProfile::orange : ErrorProfile::camara,
    };
}

ClientCertificate client_certificate(std::string_view word) {
    if (word == "required") {
        return ClientCertificate::required;
    }
    return word == "optional" ? ClientCertificate::optional : ClientCertificate::none;
}

AuthSettings make_auth(const SettingView& auth) {
    return {
        .issuer = auth["issuer"].text(),
        .authorize_paths = auth["paths.authorize"].texts(),
        .token_paths = auth["paths.token"].texts(),
        .token_ttl = auth["tokens.ttl"].duration(),
        .signing_keys_dir = auth["signing_keys_dir"].text(),
        .clients_file = auth["clients_file"].text(),
        .off_network_error = auth["off_network_error"].text() == "login_required"
                                 ? OffNetworkError::login_required
                                 : OffNetworkError::access_denied,
    };
}

Freshness make_freshness(const SettingView& feed) {
    const auto word = feed["freshness"].text();
    if (word == "traffic") {
        return Freshness::traffic;
    }
    return word == "caught_up" ? Freshness::caught_up : Freshness::heartbeat;
}

Dialect make_dialect(const SettingView& feed) {
    const auto word = feed["dialect"].text();
    if (word == "nsmf") {
        return Dialect::nsmf;
    }
    if (word == "radius") {
        return Dialect::radius;
    }
    return word == "gx" ? Dialect::gx : Dialect::native;
}

IngestSettings make_ingest(const SettingView& ingest) {
    IngestSettings settings;
    settings.group = ingest["group"].text();
    for (const auto& feed : ingest["feeds"].items()) {
        settings.feeds.push_back(
            {.topic = feed["topic"].text(),
             .dialect = make_dialect(feed),
             .freshness = make_freshness(feed)}
        );
    }
    settings.dead_letter_topic = ingest["dead_letter_topic"].text();
    settings.poison_records = ingest["poison_burst.records"].integer();
    settings.poison_window = ingest["poison_burst.window"].duration();
    settings.poison_share = ingest["poison_burst.share"].decimal();
    return settings;
}

LoggingLevel make_level(const std::string& word) {
    if (word == "debug") {
        return LoggingLevel::debug;
    }
    if (word == "warning") {
        return LoggingLevel::warning;
    }
    return word == "error" ? LoggingLevel::error : LoggingLevel::info;
}

LoggingSettings make_log(const SettingView& log) {
    return {
        .target = log["target"].text() == "journal" ? LoggingTarget::journal
                                                    : LoggingTarget::standard_error,
        .level = make_level(log["level"].text()),
        .format = log["format"].text() == "json" ? LoggingFormat::json : LoggingFormat::text,
    };
}

/// Makes the sections that name files.
class SectionsWithFiles {
public:
    explicit SectionsWithFiles(std::string_view credentials_directory)
        : credentials_directory_(credentials_directory) {}

    [[nodiscard]] HttpSettings http(const SettingView& http) const {
        HttpSettings settings;
        for (const auto& listener : http["listen"].items()) {
            settings.listen.push_back(
                {.address = listen_address(listener["address"]), .tls = listen_tls(listener["tls"])}
            );
        }
        settings.admin = listen_address(http["admin"]);
        settings.admin_socket = http["admin_socket"].text();
        if (http["workers"].text() != "auto") {
            settings.workers = http["workers"].integer();
        }
        settings.trusted_proxies = http["trusted_proxies"].prefixes();
        for (const auto& mount : http["mounts"].items()) {
            settings.mounts.push_back(make_mount(mount));
        }
        settings.server_names = http["server_names"].texts();
        settings.limits = make_limits(http["limits"]);
        settings.timeouts = make_timeouts(http["timeouts"]);
        if (const auto rates = http["rate_limits"]; !rates.null()) {
            settings.rate_per_client = rates["per_client"].rate_limit();
            settings.rate_authorize_per_subscriber = rates["authorize_per_subscriber"].rate_limit();
        }
        return settings;
    }

    [[nodiscard]] DirectorySettings directory(const SettingView& directory) const {
        DirectorySettings settings;
        settings.backend = directory["backend"].text() == "memory" ? DirectoryBackend::memory
                                                                   : DirectoryBackend::redis;
        settings.redis = redis(directory["redis"]);
        settings.key_file = file(directory["key_file"]);
        settings.max_staleness = directory["max_staleness"].duration();
        settings.conflict_skew = directory["conflict_skew"].duration();
        settings.missed_interims = directory["missed_interims"].integer();
        settings.lateness_max = directory["lateness_max"].duration();
        for (const auto& domain : directory["domains"].items()) {
            settings.domains.push_back(
                {.name = domain["name"].text(), .devices = domain["devices"].prefixes()}
            );
        }
        settings.default_domain = directory["default_domain"].text();
        settings.numbering = {
            .country_code = directory["numbering.country_code"].text(),
            .national_prefix = directory["numbering.national_prefix"].text(),
            .ranges = directory["numbering.ranges"].texts(),
        };
        return settings;
    }

    [[nodiscard]] KafkaSettings kafka(const SettingView& kafka) const {
        const auto security = kafka["security"];
        KafkaSettings settings;
        settings.brokers = kafka["brokers"].texts();
        settings.security = {
            .protocol = security["protocol"].text(),
            .mechanism = security["mechanism"].text(),
            .username = security["username"].text(),
            .password_file = file(security["password_file"]),
            .ca_file = file(security["ca_file"]),
            .certificate_file = file(security["certificate_file"]),
            .key_file = file(security["key_file"]),
            .key_password_file = file(security["key_password_file"]),
            .token_endpoint_url = security["token_endpoint_url"].text(),
            .token_ca_file = file(security["token_ca_file"]),
            .client_id = security["client_id"].text(),
            .client_secret_file = file(security["client_secret_file"]),
            .scope = security["scope"].text(),
        };
        for (const auto& property : kafka["properties"].node().members) {
            settings.properties.emplace(property.key, property.value.text);
        }
        return settings;
    }

    [[nodiscard]] AuditSettings audit(const SettingView& audit) const {
        return {
            .topic = audit["topic"].text(),
            .spool_dir = audit["spool_dir"].text(),
            .spool_bytes_max = audit["spool_bytes_max"].size(),
            .on_spool_failure = audit["on_spool_failure"].text() == "deny" ? OnSpoolFailure::deny
                                                                           : OnSpoolFailure::allow,
            .key_file = file(audit["key_file"]),
        };
    }

private:
    [[nodiscard]] std::string file(const SettingView& view) const {
        return resolve_credential(view.text(), credentials_directory_);
    }

    [[nodiscard]] std::optional<ListenTlsSettings> listen_tls(const SettingView& tls) const {
        if (tls.null()) {
            return std::nullopt;
        }
        return ListenTlsSettings{
            .certificate_file = file(tls["certificate_file"]),
            .key_file = file(tls["key_file"]),
            .client_ca_file = file(tls["client_ca_file"]),
            .client_certificate = client_certificate(tls["client_certificate"].text()),
            .only_tls13 = tls["min_version"].text() == "1.3",
        };
    }

    [[nodiscard]] RedisSettings redis(const SettingView& redis) const {
        std::vector<HostPort> addresses;
        for (const auto& address : redis["addresses"].items()) {
            addresses.push_back(redis_address(address));
        }
        return {
            .mode = redis_setup(redis["mode"].text()),
            .addresses = std::move(addresses),
            .master_name = redis["master_name"].text(),
            .username = redis["username"].text(),
            .password_file = file(redis["password_file"]),
            .sentinel_username = redis["sentinel_username"].text(),
            .sentinel_password_file = file(redis["sentinel_password_file"]),
            .tls = redis_tls(redis["tls"]),
            .deadline = redis["deadline"].duration(),
        };
    }

    [[nodiscard]] std::optional<RedisTlsSettings> redis_tls(const SettingView& tls) const {
        if (tls.null()) {
            return std::nullopt;
        }
        return RedisTlsSettings{
            .ca_file = file(tls["ca_file"]),
            .certificate_file = file(tls["certificate_file"]),
            .key_file = file(tls["key_file"]),
            .server_name = tls["server_name"].text(),
            .only_tls13 = tls["min_version"].text() == "1.3",
        };
    }

    std::string_view credentials_directory_;
};

}  // namespace

Settings make_settings(const ConfigNode& effective, std::string_view credentials_directory) {
    const SettingView root{effective};
    const SectionsWithFiles with_files{credentials_directory};
    const auto roles = root["node.roles"];
    return {
        .node =
            {.name = root["node.name"].text(),
             .api = roles.has("api"),
             .auth = roles.has("auth"),
             .ingest = roles.has("ingest")},
        .http = with_files.http(root["http"]),
        .auth = make_auth(root["auth"]),
        .directory = with_files.directory(root["directory"]),
        .kafka = with_files.kafka(root["kafka"]),
        .ingest = make_ingest(root["ingest"]),
        .audit = with_files.audit(root["audit"]),
        .log = make_log(root["log"]),
    };
}

}  // namespace numproof
