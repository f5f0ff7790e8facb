// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/jose/signing_key.h"
#include "daemon/ports/jose.h"

namespace numproof {

/// Signs with ES256 by cjose. The first of its keys signs; all of them stand in jwks().
class JoseSigner final : public TokenSigner {
public:
    /// At least one key, every one EC P-256 with a kid of its own; else `invalid_configuration`.
    [[nodiscard]] static Result<std::unique_ptr<JoseSigner>> from_keys(
        const std::vector<SigningKey>& keys
    );

    /// Every `<kid>.pem` of `folder`; the file that was written last signs. A file that is no
    /// EC P-256 key, or that everybody can read, is refused by its name (`invalid_configuration`).
    [[nodiscard]] static Result<std::unique_ptr<JoseSigner>> from_folder(
        const std::filesystem::path& folder
    );

    ~JoseSigner() override;

    [[nodiscard]] Result<std::string> sign(std::string_view claims) const override;

    [[nodiscard]] const std::string& jwks() const override { return jwks_; }

private:
    struct Key;

    JoseSigner(std::unique_ptr<Key> key, std::string jwks);

    std::unique_ptr<Key> key_;
    std::string jwks_;
};

/// The keys that JoseSigner::from_folder() would take, the signing one first.
[[nodiscard]] Result<std::vector<SigningKey>> read_signing_keys(const std::filesystem::path& folder
);

}  // namespace numproof
