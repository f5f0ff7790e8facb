// SPDX-License-Identifier: Apache-2.0
#include "daemon/telemetry/messages.h"

#include <array>

namespace numproof::messages {
namespace {

constexpr std::array kAll{
#define NP_MESSAGE(name, id_, severity_, text_, action_) name,
#include "daemon/telemetry/messages.inc"
#undef NP_MESSAGE
};

}  // namespace

std::span<const Message> all() noexcept {
    return kAll;
}

}  // namespace numproof::messages
