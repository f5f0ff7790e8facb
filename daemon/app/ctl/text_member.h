// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace numproof::ctl {

/// The text that `json`, an object, has at `name`; empty if there is none.
[[nodiscard]] std::string text_member(const std::string& json, const char* name);

}  // namespace numproof::ctl
