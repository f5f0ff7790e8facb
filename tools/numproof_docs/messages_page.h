// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace numproof {

/// `docs/messages.md`: every message of the log with what to do about it.
[[nodiscard]] std::string messages_markdown();

}  // namespace numproof
