// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/config/text_forms.h"
#include "daemon/domain/address.h"
#include "daemon/domain/client.h"
#include "daemon/domain/contract_version.h"
#include "daemon/domain/freshness.h"

namespace numproof {

/// `node`
struct NodeSettings {
    std::string name;
    bool api = false;
    bool auth = false;
    bool ingest = false;
};

/// `http.limits`
struct LimitSettings {
    std::uint64_t head_bytes = 0;
    std::uint64_t uri_bytes = 0;
    std::uint64_t body_bytes = 0;
    std::uint32_t headers = 0;
    std::uint32_t connections = 0;
    std::uint32_t connections_per_address = 0;
};

/// `http.timeouts`
struct TimeoutSettings {
    Milliseconds head{};
    Milliseconds body{};
    Milliseconds idle{};
    Milliseconds write{};
    Milliseconds tls_handshake{};
    Milliseconds request{};
    Milliseconds drain_delay{};
};

/// One of `http.mounts`.
struct MountSetting {
    std::string prefix;  ///< `/a/b`, without `/` at its end.
    ContractVersion contract = ContractVersion::v2;
    ErrorProfile errors = ErrorProfile::camara;
};

/// Whether callers of a listener show a certificate.
enum class ClientCertificate : std::uint8_t {
    none,      ///< They are not asked for one.
    optional,  ///< One that is shown must be good.
    required   ///< Nobody is served without a good one.
};

/// `http.listen[].tls`
struct ListenTlsSettings {
    std::string certificate_file;
    std::string key_file;
    std::string client_ca_file{};  ///< Not empty unless `client_certificate` is none.
    ClientCertificate client_certificate = ClientCertificate::none;
    bool only_tls13 = false;

    bool operator==(const ListenTlsSettings&) const = default;
};

/// One of `http.listen`.
struct ListenSettings {
    HostPort address;
    std::optional<ListenTlsSettings> tls;  ///< None on UNIX sockets.
};

/// `http`
struct HttpSettings {
    std::vector<ListenSettings> listen;
    HostPort admin;
    std::string admin_socket;              ///< Empty: in the runtime directory.
    std::optional<std::uint32_t> workers;  ///< None: one for each processor.
    std::vector<IpPrefix> trusted_proxies;
    std::vector<MountSetting> mounts;
    std::vector<std::string> server_names;  ///< Empty: any.
    LimitSettings limits;
    TimeoutSettings timeouts;
    std::optional<RateLimit> rate_per_client;
    std::optional<RateLimit> rate_authorize_per_subscriber;
};

/// What a device hears that is not on the mobile network.
enum class OffNetworkError : std::uint8_t { login_required, access_denied };

/// `auth`
struct AuthSettings {
    std::string issuer;  ///< Empty: derived from the first listener (sandbox only).
    std::vector<std::string> authorize_paths;
    std::vector<std::string> token_paths;
    Milliseconds token_ttl{};
    std::string signing_keys_dir;  ///< Empty: the sandbox's own key.
    std::string clients_file;      ///< Empty: the sandbox's own clients.
    OffNetworkError off_network_error = OffNetworkError::login_required;
};

/// Where the directory lives.
enum class DirectoryBackend : std::uint8_t { redis, memory };

/// How Redis is set up.
enum class RedisSetup : std::uint8_t { standalone, sentinel, cluster };

/// `directory.redis.tls`
struct RedisTlsSettings {
    std::string ca_file;
    std::string certificate_file;  ///< Empty: we show none.
    std::string key_file;          ///< Empty: there is no certificate either.
    std::string server_name;       ///< Empty: the host that is connected to.
    bool only_tls13 = false;
};

/// `directory.redis`
struct RedisSettings {
    RedisSetup mode = RedisSetup::standalone;
    std::vector<HostPort> addresses;     ///< At least one; UNIX sockets only for standalone.
    std::string master_name;             ///< Not empty for sentinel.
    std::string username;                ///< Empty: the default user.
    std::string password_file;           ///< Empty: no password.
    std::string sentinel_username;       ///< Empty: the default user.
    std::string sentinel_password_file;  ///< Empty: no password.
    std::optional<RedisTlsSettings> tls;
    Milliseconds deadline{};
};

/// One of `directory.domains`.
struct DomainSetting {
    std::string name;
    std::vector<IpPrefix> devices;
};

/// `directory.numbering`
struct NumberingSettings {
    std::string country_code;         ///< Empty: feeds write international numbers.
    std::string national_prefix;      ///< Empty: there is none.
    std::vector<std::string> ranges;  ///< How our numbers begin, with `+`. Empty: any.
};

/// `directory`
struct DirectorySettings {
    DirectoryBackend backend = DirectoryBackend::redis;
    RedisSettings redis;
    std::string key_file;  ///< Empty: the sandbox's own key.
    Milliseconds max_staleness{};
    Milliseconds conflict_skew{};
    std::uint32_t missed_interims = 0;
    Milliseconds lateness_max{};
    std::vector<DomainSetting> domains;
    std::string default_domain;
    NumberingSettings numbering;
};

/// `kafka.security`
struct KafkaSecuritySettings {
    std::string protocol;           ///< librdkafka's word.
    std::string mechanism;          ///< Empty: no SASL.
    std::string username;           ///< Empty: neither PLAIN nor SCRAM.
    std::string password_file;      ///< Empty: neither PLAIN nor SCRAM.
    std::string ca_file;            ///< Empty: the system's authorities.
    std::string certificate_file;   ///< Empty: none.
    std::string key_file;           ///< Empty: none.
    std::string key_password_file;  ///< Empty: none.

    // All empty but with OAUTHBEARER.
    std::string token_endpoint_url;
    std::string token_ca_file;  ///< Empty: the system's authorities.
    std::string client_id;
    std::string client_secret_file;
    std::string scope;  ///< Empty: none is asked for.
};

/// `kafka`
struct KafkaSettings {
    std::vector<std::string> brokers;  ///< `host:port`. Empty: the sandbox's own broker.
    KafkaSecuritySettings security;
    std::map<std::string, std::string> properties;
};

/// What the records of a feed look like.
enum class Dialect : std::uint8_t { native, nsmf, radius, gx };

/// One of `ingest.feeds`.
struct FeedSetting {
    std::string topic;
    Dialect dialect = Dialect::native;
    Freshness freshness = Freshness::heartbeat;
};

/// `ingest`
struct IngestSettings {
    std::string group;
    std::vector<FeedSetting> feeds;
    std::string dead_letter_topic;
    std::uint32_t poison_records = 0;
    Milliseconds poison_window{};
    double poison_share = 0;
};

/// What happens to answers while the spool cannot take their events (rule R14).
enum class OnSpoolFailure : std::uint8_t { deny, allow };

/// `audit`
struct AuditSettings {
    std::string topic;
    std::string spool_dir;  ///< Empty: a temporary one (sandbox only).
    std::uint64_t spool_bytes_max = 0;
    OnSpoolFailure on_spool_failure = OnSpoolFailure::deny;
    std::string key_file;  ///< Empty: the sandbox's own key.
};

/// Where log lines go.
enum class LoggingTarget : std::uint8_t { journal, standard_error };
/// The least urgent lines that are written.
enum class LoggingLevel : std::uint8_t { debug, info, warning, error };
/// How lines look on stderr.
enum class LoggingFormat : std::uint8_t { text, json };

/// `log`
struct LoggingSettings {
    LoggingTarget target = LoggingTarget::journal;
    LoggingLevel level = LoggingLevel::info;
    LoggingFormat format = LoggingFormat::text;
};

/// Everything that `numproof.yaml` says, judged and complete. Immutable once it is made, so every
/// thread may read it. File names of systemd credentials are resolved to paths.
struct Settings {
    NodeSettings node;
    HttpSettings http;
    AuthSettings auth;
    DirectorySettings directory;
    KafkaSettings kafka;
    IngestSettings ingest;
    AuditSettings audit;
    LoggingSettings log;
};

}  // namespace numproof
