// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/command_table.h"
#include "daemon/app/exit_codes.h"

namespace numproof::ctl {
namespace {

int run(int argc, char** argv) {
    Asked asked;
    asked.context.socket = default_socket();
    CLI::App app{"The operator's tool for numproofd", "numproofctl"};
    add_commands(app, asked);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 misses the subcommand and does not say which word stands in its place.
        const auto unknown = app.remaining(true);
        const bool no_command =
            error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
        if (no_command && !unknown.empty()) {
            std::fprintf(
                stderr, "numproofctl: no command '%s'; --help lists them\n", unknown.front().c_str()
            );
            return kExitUsage;
        }
        return app.exit(error) == 0 ? kExitOk : kExitUsage;
    }
    asked.context.format = asked.json ? Format::json : Format::table;
    return asked.run(asked.context);
}

}  // namespace
}  // namespace numproof::ctl

int main(int argc, char** argv) {
    return numproof::ctl::run(argc, argv);
}
