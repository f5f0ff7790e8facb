// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace numproof::ctl {

/// A script that completes `app`'s commands, options and their values in bash: what
/// `packaging/completions/numproofctl.bash` holds.
[[nodiscard]] std::string bash_completion(const CLI::App& app);

/// The same for zsh, where each choice is explained.
[[nodiscard]] std::string zsh_completion(const CLI::App& app);

}  // namespace numproof::ctl
