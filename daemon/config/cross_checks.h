// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config_node.h"
#include "daemon/config/configuration.h"
#include "daemon/config/mistake.h"

namespace numproof {

/// The rules between settings. `effective` comes from complete(); where that found something wrong
/// a value may be missing, and its rules are passed over.
void check_rules_between_settings(
    const ConfigNode& effective, const ConfigurationContext& context, Mistakes& mistakes
);

/// The rules about `directory.redis`.
void check_redis(const ConfigNode& effective, Mistakes& mistakes);

/// The rules about `kafka`.
void check_kafka(const ConfigNode& effective, Mistakes& mistakes);

}  // namespace numproof
