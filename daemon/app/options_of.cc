// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/options_of.h"

#include <algorithm>
#include <vector>

#include "daemon/app/kafka_tokens.h"
#include "daemon/app/version.h"

namespace numproof {

HttpServerOptions http_options_of(const Settings& settings) {
    const auto& limits = settings.http.limits;
    const auto& timeouts = settings.http.timeouts;
    HttpServerOptions options;
    options.rules.limits = {
        .head_bytes = limits.head_bytes,
        .uri_bytes = limits.uri_bytes,
        .body_bytes = limits.body_bytes,
        .headers = limits.headers};
    options.rules.server_names = settings.http.server_names;
    options.timeouts = {
        .head = timeouts.head,
        .body = timeouts.body,
        .idle = timeouts.idle,
        .write = timeouts.write,
        .tls_handshake = timeouts.tls_handshake,
        .request = timeouts.request};
    return options;
}

ConnectionCaps connection_caps_of(const Settings& settings) {
    const auto& limits = settings.http.limits;
    return {.total = limits.connections, .per_address = limits.connections_per_address};
}

Result<ListenAddress> listen_address_of(const HostPort& listen) {
    constexpr std::size_t kPathMax = 107;  // sockaddr_un, with its last NUL
    if (listen.unix_path.size() > kPathMax) {
        return fail(
            ErrorCode::invalid_configuration,
            listen.unix_path + ": a socket's path has at most 107 octets"
        );
    }
    if (!listen.unix_path.empty()) {
        return ListenAddress{UnixAddress{.path = listen.unix_path}};
    }
    auto address = IpAddress::parse(listen.host);
    if (!address) {
        return pass_on(address);
    }
    return ListenAddress{TcpAddress{.address = *address, .port = listen.port}};
}

KafkaConnection kafka_connection_of(
    const Foundation& foundation, const std::shared_ptr<const Edition>& edition
) {
    const auto& kafka = edition->settings.kafka;
    const auto& passwords = edition->passwords;
    const auto& security = kafka.security;
    return {
        .brokers = kafka.brokers,
        .security =
            {.protocol = security.protocol,
             .mechanism = security.mechanism,
             .username = security.username,
             .password = passwords.kafka,
             .ca_file = security.ca_file,
             .certificate_file = security.certificate_file,
             .key_file = security.key_file,
             .key_password = passwords.kafka_key,
             .token_source = kafka_token_source_of(foundation.clock, edition)},
        .properties = kafka.properties};
}

std::vector<TopicNeeds> topic_needs_of(const Settings& settings) {
    // What is not there any more when a directory is built anew is unknown until its next event.
    // Hardly a session is longer than a day; no event may be late and yet gone.
    constexpr Milliseconds kSession = std::chrono::hours{24};
    std::vector<TopicNeeds> needs{{.topic = settings.audit.topic}};
    if (settings.node.ingest) {
        needs.push_back({.topic = settings.ingest.dead_letter_topic});
        for (const auto& feed : settings.ingest.feeds) {
            needs.push_back(
                {.topic = feed.topic,
                 .retention = std::max(kSession, settings.directory.lateness_max)}
            );
        }
    }
    return needs;
}

DirectoryRules directory_rules_of(const Settings& settings) {
    const auto& directory = settings.directory;
    DirectoryRules rules;
    rules.conflict_skew = directory.conflict_skew;
    rules.missed_interims = static_cast<std::int32_t>(directory.missed_interims);
    rules.lateness_max = directory.lateness_max;
    return rules;
}

RoutingDomains routing_domains_of(const Settings& settings) {
    RoutingDomains domains;
    for (const auto& domain : settings.directory.domains) {
        for (const auto& prefix : domain.devices) {
            domains.emplace_back(prefix, domain.name);
        }
    }
    return domains;
}

StandingLimits standing_limits_of(const Settings& settings) {
    StandingLimits limits;
    limits.max_staleness = settings.directory.max_staleness;
    return limits;
}

AuthServerSettings auth_settings_of(const Settings& settings) {
    AuthServerSettings options;
    options.issuer = settings.auth.issuer;
    options.authorize_paths = settings.auth.authorize_paths;
    options.token_paths = settings.auth.token_paths;
    options.token_life = settings.auth.token_ttl;
    options.off_network_error = settings.auth.off_network_error == OffNetworkError::login_required
                                    ? OAuthError::login_required
                                    : OAuthError::access_denied;
    return options;
}

Severity severity_of(LoggingLevel level) {
    switch (level) {
        case LoggingLevel::debug:
            return Severity::debug;
        case LoggingLevel::info:
            return Severity::info;
        case LoggingLevel::warning:
            return Severity::warning;
        case LoggingLevel::error:
            return Severity::error;
    }
    return Severity::info;
}

AuditOrigin audit_origin_of(const Edition& edition) {
    return {.version = kVersion, .config_hash = edition.config_hash};
}

SpoolFailurePolicy spool_policy_of(const Settings& settings) {
    return settings.audit.on_spool_failure == OnSpoolFailure::deny ? SpoolFailurePolicy::deny
                                                                   : SpoolFailurePolicy::allow;
}

}  // namespace numproof
