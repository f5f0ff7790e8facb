// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/mounts.h"

#include <algorithm>

namespace numproof {
namespace {

bool lies_under(std::string_view path, std::string_view prefix) noexcept {
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

}  // namespace

ApiFace face_of(const Mount& mount) {
    return ApiFace{
        .contract = contract_of(mount.contract),
        .errors = error_table(mount.errors, mount.contract)};
}

ApiFace default_face() {
    return face_of(Mount{
        .prefix = {}, .contract = ContractVersion::v2, .errors = ErrorProfile::camara});
}

MountTable::MountTable(std::vector<Mount> mounts) : mounts_(std::move(mounts)) {
    for (auto& mount : mounts_) {
        while (mount.prefix.ends_with('/')) {
            mount.prefix.pop_back();
        }
    }
    std::ranges::stable_sort(mounts_, std::ranges::greater{}, [](const Mount& mount) {
        return mount.prefix.size();
    });
}

const Mount* MountTable::covering(std::string_view path) const noexcept {
    const auto found = std::ranges::find_if(mounts_, [path](const Mount& mount) {
        return lies_under(path, mount.prefix);
    });
    return found == mounts_.end() ? nullptr : &*found;
}

}  // namespace numproof
