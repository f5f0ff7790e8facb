// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ports/jose.h"

namespace numproof {

/// Opens ES256 tokens by cjose, behind checks of our own. The algorithm is ours to choose, not the
/// token's: whatever else the header says (`none`, HS256, RS256 …) is refused before a key is
/// touched, and so is `crit`. Keys that a header brings along (`jwk`, `jku`, `x5c`, `x5u`) are
/// never looked at. Claims with a repeated member are `malformed`.
class JoseOpener final : public TokenOpener {
public:
    [[nodiscard]] Result<std::string> open(
        std::string_view compact, const std::vector<PublicJwk>& keys
    ) const override;
};

}  // namespace numproof
