// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/secret.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// A key and the public name that values made with it carry.
struct NamedKey {
    std::string id;  ///< 8 hexadecimal digits, made of the key: name_key().
    SecretKey key;
};

/// Gives `key` the name that is made of its hash.
[[nodiscard]] NamedKey name_key(const Crypto& crypto, SecretKey key);

/// `label`, a zero, `data`: labels and numbers never collide, for an E.164 number begins with '+'.
[[nodiscard]] Bytes labelled(std::string_view label, std::string_view data);

/// What names and seals the records of one generation of the directory, all of it derived from one
/// secret of 32 octets, which lies in the generation marker. Never changes.
struct GenerationKeys {
    std::string id;  ///< The generation's.
    Bytes mark;      ///< 3 octets that tell its keys in the store from those of another.
    char seal_mark;  ///< What stands before what `sealing` sealed; its highest bit is set.
    SecretKey naming;
    NamedKey sealing;

    [[nodiscard]] static GenerationKeys derive(
        const Crypto& crypto, std::string_view id, const SecretKey& secret
    );
};

}  // namespace numproof
