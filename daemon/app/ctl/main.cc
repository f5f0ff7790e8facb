// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/exit_codes.h"
#include "daemon/app/version.h"

namespace numproof::ctl {
namespace {

// What the command line asks for.
struct Asked {
    Context context;
    std::string number;
    std::string kind;
    std::string file;
    LetterFilter letters;
    bool watch = false;
    std::size_t turns = 0;
    std::function<int(const Context&)> run;
};

CLI::App* add_group(CLI::App& app, const char* name, const char* about) {
    auto* const group = app.add_subcommand(name, about);
    group->require_subcommand(1);
    return group;
}

void add_daemon_commands(CLI::App& app, Asked& asked) {
    const auto add = [&asked](CLI::App& to, const char* name, const char* about, auto run) {
        to.add_subcommand(name, about)->callback([&asked, run] { asked.run = run; });
    };
    add(app, "status", "What the daemon says of itself", status);
    add(app, "drain", "Take no new work, finish what is under way, and stop", drain);
    add(app, "demo", "Play the phone and the service provider against a sandbox", demo);
    add(*add_group(app, "config", "Configuration"), "show", "The one in force", config_show);
    auto& client = *add_group(app, "client", "Service providers' applications");
    add(client, "list", "The ones that the daemon knows", client_list);
    add(client, "secret", "Make a secret, and its hash for clients.yaml", client_secret);
}

void add_letter_filter(CLI::App& to, LetterFilter& letters) {
    to.add_option("--topic", letters.topic, "Only what came from this topic");
    to.add_option("--reason", letters.reason, "Only with this reason");
    to.add_option("--partition", letters.partition, "Only from this partition")
        ->check(CLI::Range(0, std::numeric_limits<std::int32_t>::max()));
    to.add_option("--offset", letters.offset, "Only the record at this offset")
        ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()));
    to.add_option("--limit", letters.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
}

void add_letter_commands(CLI::App& app, Asked& asked) {
    auto* const group = add_group(app, "dlq", "Records that could not be used");
    auto* const list = group->add_subcommand("list", "The newest: where from and why");
    add_letter_filter(*list, asked.letters);
    list->callback([&asked] {
        asked.run = [&asked](const Context& context) { return dlq_list(context, asked.letters); };
    });
    auto* const replay = group->add_subcommand("replay", "Put the oldest back where they were");
    add_letter_filter(*replay, asked.letters);
    replay->add_flag("--dry-run", asked.letters.dry_run, "Only say what would be done");
    replay->add_flag("--again", asked.letters.again, "Also what was replayed before");
    replay->add_flag("--all", asked.letters.all, "Without a filter");
    replay->callback([&asked] {
        asked.run = [&asked](const Context& context) { return dlq_replay(context, asked.letters); };
    });
}

void add_feed_commands(CLI::App& app, Asked& asked) {
    auto* const status = add_group(app, "feed", "Session events")
                             ->add_subcommand("status", "How far each partition is read");
    status->add_flag("--watch", asked.watch, "Show it again each second, until a signal");
    status->add_option("--turns", asked.turns, "With --watch: end after so many times")
        ->check(CLI::PositiveNumber);
    status->callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return asked.watch ? feed_watch(context, asked.turns) : feed_status(context);
        };
    });
}

void add_number_commands(CLI::App& app, Asked& asked) {
    auto* const hashing = app.add_subcommand("hash", "The hashedPhoneNumber of a number");
    hashing->add_option("NUMBER", asked.number, "E.164 with +")->required();
    hashing->callback([&asked] {
        asked.run = [&asked](const Context& context) { return hash(context, asked.number); };
    });
    auto& keys = *add_group(app, "key", "Keys");
    keys.add_subcommand("list", "The directory keys of the daemon")->callback([&asked] {
        asked.run = key_list;
    });
    auto* const making = keys.add_subcommand("new", "Make a key; prints it without --file");
    making->add_option("KIND", asked.kind, "signing, directory or audit")
        ->required()
        ->check(CLI::IsMember({"signing", "directory", "audit"}));
    making->add_option("--file", asked.file, "A new file that only its owner can read");
    making->callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return key_new(context, asked.kind, asked.file);
        };
    });
}

int run(int argc, char** argv) {
    Asked asked;
    asked.context.socket = default_socket();
    bool json = false;
    CLI::App app{"The operator's tool for numproofd", "numproofctl"};
    app.set_version_flag("--version", std::string{"numproofctl "} + kVersion);
    app.add_flag("--json", json, "Print JSON instead of tables");
    app.add_option("--socket", asked.context.socket, "The daemon's admin socket")
        ->capture_default_str();
    app.require_subcommand(1);
    app.footer("Exit status: 0, 1 the daemon said no, 64 usage, 69 no daemon answers.");
    add_daemon_commands(app, asked);
    add_feed_commands(app, asked);
    add_number_commands(app, asked);
    add_letter_commands(app, asked);
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
    asked.context.format = json ? Format::json : Format::table;
    return asked.run(asked.context);
}

}  // namespace
}  // namespace numproof::ctl

int main(int argc, char** argv) {
    return numproof::ctl::run(argc, argv);
}
