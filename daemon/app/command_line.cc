// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/command_line.h"

#include <CLI/CLI.hpp>

#include "daemon/app/exit_codes.h"
#include "daemon/app/version.h"

namespace numproof {
namespace {

/// What is wrong with the words after `--set`; empty: nothing. Whether there is such a setting, the
/// configuration knows.
std::string is_assignment(const std::string& words) {
    const auto equals = words.find('=');
    return equals == std::string::npos || equals == 0
               ? "must be KEY=VALUE, KEY the dotted path of a setting"
               : std::string{};
}

}  // namespace

std::variant<CommandLine, Answered> read_command_line(int argc, char** argv) {
    CommandLine line;
    CLI::App app{"Numproof: is this phone number the one in this device, right now?", "numproofd"};
    app.set_version_flag("--version", std::string{"numproofd "} + kVersion);
    auto* const config = app.add_option("--config", line.config_file, "Configuration file")
                             ->type_name("FILE")
                             ->capture_default_str();
    auto* const sandbox = app.add_flag(
        "--sandbox",
        line.sandbox,
        "Start with made-up subscribers, an in-process Kafka broker and a directory in memory; "
        "needs no file and no server"
    );
    sandbox->excludes(config);
    app.add_option("--set", line.overrides, "Override one setting by its dotted path; repeatable")
        ->type_name("KEY=VALUE")
        ->check(is_assignment)
        ->allow_extra_args(false);
    auto* const check = app.add_flag(
        "--check-config", line.check_config, "Check the configuration and its files, then exit"
    );
    app.add_flag("--online", line.online, "With --check-config: also reach Redis and Kafka")
        ->needs(check);
    app.footer(
        "Exit status: 0, 64 usage, 69 a needed service refused us for good, 70 bug,\n"
        "78 configuration. Settings: docs/settings.md. Operator's tool: numproofctl."
    );
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return Answered{.exit_code = code == 0 ? kExitOk : kExitUsage};
    }
    return line;
}

}  // namespace numproof
