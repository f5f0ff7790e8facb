// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/error.h"

struct bufferevent;

namespace numproof {

/// Why a connection to Redis has just failed, from the flags of its event callback.
/// `invalid_configuration` where somebody has to change something: certificates, versions of TLS.
[[nodiscard]] Error failure_of(bufferevent& failed, short what);

}  // namespace numproof
