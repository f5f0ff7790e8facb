// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/domain/grant.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// A token whose text we made: where it lies in the store, and whose it is.
struct PresentedToken {
    GrantKey key;
    std::string client_tag;  ///< As client_tag_of() makes it.
};

/// The text of tokens and codes. Only `[A-Za-z0-9_-]`, always of the same length:
///
///     token:  shard (3) | 32 random octets (43) | client tag (8) | authenticator (12)
///     code:   shard (3) | 32 random octets (43) | authenticator (12)
///
/// A keyed hash of all that stands before the authenticator is the name in the store; its first
/// octets are the authenticator, so that made-up text is refused without asking the store. Who
/// reads the store learns no token: the random octets are not there. The client tag tells whose
/// token it is before the store is asked. Text that an older key of the ring made is still read.
/// Thread-safe; `vault` outlives it.
class TokenCodec {
public:
    explicit TokenCodec(const Vault& vault) noexcept : vault_(vault) {}

    /// New text, and where it is to be stored. The text is for its caller alone: never log it.
    struct Minted {
        std::string text;
        GrantKey key;
    };

    /// A token in `shard` for the client `client_id`.
    [[nodiscard]] Minted mint_token(const Shard& shard, std::string_view client_id) const;

    /// An authorization code in `shard`.
    [[nodiscard]] Minted mint_code(const Shard& shard) const;

    /// nullopt if `text` is no token that we made.
    [[nodiscard]] std::optional<PresentedToken> read_token(std::string_view text) const;

    /// nullopt if `text` is no code that we made.
    [[nodiscard]] std::optional<GrantKey> read_code(std::string_view text) const;

    /// The 8 characters that stand for a client in its tokens, by the current key. Tokens that an
    /// older key made carry another tag: use it for rate limits, not to decide whose a token is.
    [[nodiscard]] std::string client_tag_of(std::string_view client_id) const;

private:
    const Vault& vault_;
};

}  // namespace numproof
