// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/auth/auth_settings.h"

namespace numproof {

/// The server's metadata: OpenID Connect Discovery 1.0 and RFC 8414 in one document, for both
/// well-known paths. It says what is true of this server and nothing else.
[[nodiscard]] std::string server_metadata(const AuthServerSettings& settings);

}  // namespace numproof
