// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config_node.h"
#include "daemon/config/mistake.h"
#include "daemon/config/setting_view.h"
#include "daemon/domain/client.h"

namespace numproof {

/// `clients` without the members of JSON Web Keys that we do not know, which RFC 7517 section 4
/// wants ignored. Private members are a mistake: a client's private key is the client's.
[[nodiscard]] ConfigNode without_foreign_key_members(ConfigNode clients, Mistakes& mistakes);

/// A public key out of a complete tree.
[[nodiscard]] ClientKey make_client_key(const SettingView& jwk);

}  // namespace numproof
