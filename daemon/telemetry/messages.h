// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "daemon/telemetry/log.h"

namespace numproof::messages {

/// Every message that the program can log. Ids are never reused.
#define NP_MESSAGE(name, id_, severity_, text_, action_) \
    inline constexpr Message name{                       \
        .id = id_, .severity = Severity::severity_, .text = text_, .action = action_};
#include "daemon/telemetry/messages.inc"
#undef NP_MESSAGE

/// All of them, in the order of their definition.
[[nodiscard]] std::span<const Message> all() noexcept;

}  // namespace numproof::messages
