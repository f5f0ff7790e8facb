// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/credential.h"

namespace numproof {
namespace {

constexpr std::string_view kPrefix = "credential:";

}  // namespace

bool is_credential(std::string_view file) noexcept {
    return file.starts_with(kPrefix);
}

std::string resolve_credential(std::string_view file, std::string_view credentials_directory) {
    if (!is_credential(file)) {
        return std::string{file};
    }
    auto path = std::string{credentials_directory} + "/";
    return path.append(file.substr(kPrefix.size()));
}

}  // namespace numproof
