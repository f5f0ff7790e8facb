// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "daemon/domain/client.h"
#include "daemon/token/token_codec.h"

namespace numproof {

/// Finds the client that a token's tag names, before the store is asked. It keeps an index of the
/// last snapshot: one per event loop, not thread-safe. `codec` outlives it.
class ClientsByTag {
public:
    explicit ClientsByTag(const TokenCodec& codec) noexcept : codec_(codec) {}

    /// The client of `snapshot` with this tag, or nullptr; valid as long as `snapshot` is held.
    [[nodiscard]] const Client* find(const ClientSnapshot& snapshot, std::string_view tag);

private:
    void index(const ClientSnapshot& snapshot);

    const TokenCodec& codec_;
    ClientSnapshot indexed_;
    std::map<std::string, const Client*, std::less<>> by_tag_;
};

}  // namespace numproof
