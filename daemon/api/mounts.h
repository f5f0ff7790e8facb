// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/error_profiles.h"
#include "daemon/verify/contract.h"
#include "daemon/verify/verifier.h"

namespace numproof {

/// One place where the API is offered (`http.mounts`).
struct Mount {
    std::string prefix;  ///< `/number-verification/v2`; a slash at its end does not count.
    ContractVersion contract = ContractVersion::v2;
    ErrorProfile errors = ErrorProfile::camara;
};

/// How the API looks at `mount`.
[[nodiscard]] ApiFace face_of(const Mount& mount);

/// How errors look where no mount is: CAMARA's form, in its newest words.
[[nodiscard]] ApiFace default_face();

/// Where the API is offered. Immutable.
class MountTable {
public:
    explicit MountTable(std::vector<Mount> mounts);

    /// The mount whose prefix `path` lies under; the longest, if there are several.
    [[nodiscard]] const Mount* covering(std::string_view path) const noexcept;

    [[nodiscard]] const std::vector<Mount>& all() const noexcept { return mounts_; }

private:
    std::vector<Mount> mounts_;  // Longest prefix first.
};

}  // namespace numproof
