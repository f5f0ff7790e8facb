// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace numproof {

/// `packaging/man/numproof.yaml.5`: the manual page of the configuration, in mdoc(7).
[[nodiscard]] std::string settings_manual();

/// `packaging/man/numproof-clients.5`: the manual page of clients.yaml, in mdoc(7).
[[nodiscard]] std::string clients_manual();

}  // namespace numproof
