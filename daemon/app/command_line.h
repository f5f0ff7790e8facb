// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace numproof {

/// What `numproofd` was asked to do.
struct CommandLine {
    std::string config_file = "/etc/numproof/numproof.yaml";
    bool sandbox = false;
    bool check_config = false;
    bool online = false;
    std::vector<std::string> overrides;  ///< `KEY=VALUE`, in their order.
};

/// A command line that is answered already (`--help`, `--version`, a usage error).
struct Answered {
    int exit_code = 0;
};

/// Reads the arguments; prints help, version and usage errors itself.
[[nodiscard]] std::variant<CommandLine, Answered> read_command_line(int argc, char** argv);

}  // namespace numproof
