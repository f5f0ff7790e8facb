// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/evhtp/connection_counts.h"
#include "adapters/evhtp/http_options.h"
#include "adapters/evhtp/listen_address.h"
#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/topic_needs.h"
#include "daemon/app/foundation.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/auth/auth_settings.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

// What the settings mean for each part of the program: plain translations, nothing is decided.

/// Limits and time limits of the public listener.
[[nodiscard]] HttpServerOptions http_options_of(const Settings& settings);

/// How many connections may be open.
[[nodiscard]] ConnectionCaps connection_caps_of(const Settings& settings);

/// Where to bind; a host name is refused.
[[nodiscard]] Result<ListenAddress> listen_address_of(const HostPort& listen);

/// How the brokers are reached under `edition`.
[[nodiscard]] KafkaConnection kafka_connection_of(
    const Foundation& foundation, const std::shared_ptr<const Edition>& edition
);

/// What each topic that this node uses must be like.
[[nodiscard]] std::vector<TopicNeeds> topic_needs_of(const Settings& settings);

/// The figures behind rules R5 and R9.
[[nodiscard]] DirectoryRules directory_rules_of(const Settings& settings);

/// Which source addresses are in which domain.
[[nodiscard]] RoutingDomains routing_domains_of(const Settings& settings);

/// When the directory may not be used (R8).
[[nodiscard]] StandingLimits standing_limits_of(const Settings& settings);

/// What an operator settles about signing in.
[[nodiscard]] AuthServerSettings auth_settings_of(const Settings& settings);

/// What every audit event carries.
[[nodiscard]] AuditOrigin audit_origin_of(const Edition& edition);

/// The least urgent lines of the log.
[[nodiscard]] Severity severity_of(LoggingLevel level);

/// What happens while the spool cannot be written (R14).
[[nodiscard]] SpoolFailurePolicy spool_policy_of(const Settings& settings);

}  // namespace numproof
