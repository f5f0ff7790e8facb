// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/evhtp/connection_counts.h"
#include "adapters/evhtp/http_options.h"
#include "adapters/evhtp/listen_address.h"
#include "adapters/kafka/kafka_connection.h"
#include "daemon/app/foundation.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/auth/auth_settings.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

/// What the settings mean for each part of the program: plain translations, nothing is decided.

[[nodiscard]] HttpServerOptions http_options_of(const Settings& settings);

[[nodiscard]] ConnectionCaps connection_caps_of(const Settings& settings);

[[nodiscard]] Result<ListenAddress> listen_address_of(const HostPort& listen);

[[nodiscard]] KafkaConnection kafka_connection_of(const Foundation& foundation);

[[nodiscard]] DirectoryRules directory_rules_of(const Settings& settings);

[[nodiscard]] RoutingDomains routing_domains_of(const Settings& settings);

[[nodiscard]] StandingLimits standing_limits_of(const Settings& settings);

[[nodiscard]] AuthServerSettings auth_settings_of(const Settings& settings);

[[nodiscard]] AuditOrigin audit_origin_of(const Foundation& foundation);

[[nodiscard]] SpoolFailurePolicy spool_policy_of(const Settings& settings);

}  // namespace numproof
