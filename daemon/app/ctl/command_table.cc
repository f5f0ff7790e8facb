// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/command_table.h"

#include <cstdint>
#include <cstdio>
#include <limits>

#include "daemon/app/ctl/completion.h"
#include "daemon/app/exit_codes.h"
#include "daemon/app/version.h"

namespace numproof::ctl {
namespace {

CLI::App* add_group(CLI::App& app, const char* name, const char* about) {
    auto* const group = app.add_subcommand(name, about);
    group->require_subcommand(1);
    return group;
}

// `example` is what stands behind `numproofctl`.
CLI::App& add_command(CLI::App& to, const char* name, const char* about, const char* example) {
    auto* const command = to.add_subcommand(name, about);
    command->footer(std::string{"Example:\n  numproofctl "} + example);
    return *command;
}

void add_watch(CLI::App& to, Asked& asked) {
    to.add_flag("--watch", asked.watch, "Show it again each second, until a signal");
    to.add_option("--turns", asked.turns, "With --watch: end after so many times")
        ->check(CLI::PositiveNumber);
}

void add_status_command(CLI::App& app, Asked& asked) {
    auto& command = add_command(app, "status", "What the daemon says of itself", "status --watch");
    add_watch(command, asked);
    command.callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return asked.watch ? status_watch(context, asked.turns) : status(context);
        };
    });
}

void add_daemon_commands(CLI::App& app, Asked& asked) {
    const auto on = [&asked](CLI::App& command, auto run) {
        command.callback([&asked, run] { asked.run = run; });
    };
    on(add_command(
           app,
           "reload",
           "Read the configuration again and take all of it, or keep the one in force",
           "reload"
       ),
       reload);
    on(add_command(app, "drain", "Take no new work, finish what is under way, and stop", "drain"),
       drain);
    on(add_command(
           app,
           "demo",
           "Play the phone and the service provider against a sandbox",
           "--socket /run/numproof/admin.sock demo"
       ),
       demo);
    auto& config = *add_group(app, "config", "Configuration");
    on(add_command(config, "show", "The one in force", "config show"), config_show);
    auto& client = *add_group(app, "client", "Service providers' applications");
    on(add_command(client, "list", "The ones that the daemon knows", "client list"), client_list);
    on(add_command(
           client, "secret", "Make a secret, and its hash for clients.yaml", "client secret"
       ),
       client_secret);
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
    auto& group = *add_group(app, "dlq", "Records that could not be used");
    auto& list = add_command(
        group,
        "list",
        "The newest: where from and why",
        "dlq list --topic numproof.sessions --limit 20"
    );
    add_letter_filter(list, asked.letters);
    list.callback([&asked] {
        asked.run = [&asked](const Context& context) { return dlq_list(context, asked.letters); };
    });
    auto& replay = add_command(
        group,
        "replay",
        "Put the oldest back where they were",
        "dlq replay --reason not_json --dry-run"
    );
    add_letter_filter(replay, asked.letters);
    replay.add_flag("--dry-run", asked.letters.dry_run, "Only say what would be done");
    replay.add_flag("--again", asked.letters.again, "Also what was replayed before");
    replay.add_flag("--all", asked.letters.all, "Without a filter");
    replay.callback([&asked] {
        asked.run = [&asked](const Context& context) { return dlq_replay(context, asked.letters); };
    });
}

void add_feed_commands(CLI::App& app, Asked& asked) {
    auto& status = add_command(
        *add_group(app, "feed", "Session events"),
        "status",
        "How far each partition is read",
        "feed status --watch"
    );
    add_watch(status, asked);
    status.callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return asked.watch ? feed_watch(context, asked.turns) : feed_status(context);
        };
    });
}

void add_rotate_command(CLI::App& keys, Asked& asked) {
    auto& command = add_command(
        keys,
        "rotate",
        "One step of changing the current key of a key file (directory or audit)",
        "key rotate add --file /etc/numproof/keys/directory.key\n"
        "Each step on all nodes before the next: add, promote, retire. Signing keys: key new "
        "signing."
    );
    command.add_option("STEP", asked.kind, "add, promote or retire")
        ->required()
        ->check(CLI::IsMember({"add", "promote", "retire"}));
    command.add_option("--file", asked.file, "The key file; it is replaced in one go")
        ->required()
        ->type_name("FILE");
    command.callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return key_rotate(context, asked.kind, asked.file);
        };
    });
}

void add_key_commands(CLI::App& app, Asked& asked) {
    auto& keys = *add_group(app, "key", "Keys");
    add_command(keys, "list", "The directory keys of the daemon", "key list").callback([&asked] {
        asked.run = key_list;
    });
    auto& making = add_command(
        keys,
        "new",
        "Make a key; prints it without --file",
        "key new directory --file /etc/numproof/keys/directory.key"
    );
    making.add_option("KIND", asked.kind, "signing, directory or audit")
        ->required()
        ->check(CLI::IsMember({"signing", "directory", "audit"}));
    making.add_option("--file", asked.file, "A new file that only its owner can read")
        ->type_name("FILE");
    making.callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return key_new(context, asked.kind, asked.file);
        };
    });
    add_rotate_command(keys, asked);
}

void add_completion_command(CLI::App& app, Asked& asked) {
    auto* const command = app.add_subcommand("completion", "A completion script, to be packaged");
    command->group("");
    command->add_option("SHELL", asked.kind, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    command->callback([&app, &asked] {
        asked.run = [&app, &asked](const Context&) {
            const auto text = asked.kind == "bash" ? bash_completion(app) : zsh_completion(app);
            return std::fputs(text.c_str(), stdout) < 0 ? kExitFailed : kExitOk;
        };
    });
}

void add_number_commands(CLI::App& app, Asked& asked) {
    auto& hashing =
        add_command(app, "hash", "The hashedPhoneNumber of a number", "hash +34600000001");
    hashing.add_option("NUMBER", asked.number, "E.164 with +")->required();
    hashing.callback([&asked] {
        asked.run = [&asked](const Context& context) { return hash(context, asked.number); };
    });
}

void add_tail_command(CLI::App& group, Asked& asked) {
    auto& tail = add_command(
        group,
        "tail",
        "Follow the audit topic as events are made, until a signal",
        "audit tail --lines 50 --type denied"
    );
    tail.add_option("--lines", asked.tail.lines, "So many of the past first")
        ->check(CLI::Range(0, 500))
        ->capture_default_str();
    tail.add_option("--type", asked.tail.type, "Only events whose type has this in it");
    tail.add_flag("--once", asked.tail.once, "Show the past and end");
    tail.callback([&asked] {
        asked.run = [&asked](const Context& context) { return audit_tail(context, asked.tail); };
    });
}

void add_audit_commands(CLI::App& app, Asked& asked) {
    auto& group = *add_group(app, "audit", "The audit trail");
    auto& verify = add_command(
        group,
        "verify",
        "Whether a dump of the audit topic is whole and unchanged; asks no daemon",
        "audit verify dump.jsonl --key-file /etc/numproof/keys/audit.key\n"
        "The dump, one record a line:\n"
        "  kcat -C -b BROKER -t numproof.audit.v1 -e -q -J > dump.jsonl"
    );
    verify.add_option("FILE", asked.dump.file, "The dump; - is standard input")
        ->required()
        ->type_name("FILE");
    verify
        .add_option(
            "--key-file", asked.dump.key_file, "The audit key: checks the checkpoints' signatures"
        )
        ->type_name("FILE");
    verify
        .add_option(
            "--against",
            asked.dump.kept_file,
            "Events (checkpoints, say) that were kept elsewhere: the dump must have each of them"
        )
        ->type_name("FILE");
    verify.add_flag(
        "--from-middle", asked.dump.from_middle, "The topic's retention has taken the beginning"
    );
    verify.add_flag(
        "--any-order", asked.dump.any_order, "The dump was sorted or merged: order says nothing"
    );
    verify.callback([&asked] {
        asked.run = [&asked](const Context& context) { return audit_verify(context, asked.dump); };
    });
    add_tail_command(group, asked);
}

void add_session_commands(CLI::App& app, Asked& asked) {
    auto& command = add_command(
        *add_group(app, "session", "What the directory knows"),
        "lookup",
        "Who holds an address, a session, or a number's state; shows pseudonyms, never numbers",
        "session lookup 10.45.0.7:20001\n"
        "  numproofctl session lookup '[2001:db8::1]'\n"
        "  numproofctl session lookup --number - --reason 'ticket 4711' < number.txt"
    );
    auto& lookup = asked.lookup;
    command.add_option("ADDRESS", lookup.address, "ADDRESS, ADDRESS:PORT or [IPV6]:PORT");
    command.add_option("--session", lookup.session, "The session's name; with --source");
    command.add_option("--source", lookup.source, "The gateway that names the session");
    command.add_option("--number", lookup.number, "E.164 with +; - reads it from standard input");
    command.add_option("--reason", lookup.reason, "Why; stands in the audit trail");
    command.callback([&asked] {
        asked.run = [&asked](const Context& context) {
            return session_lookup(context, asked.lookup);
        };
    });
}

}  // namespace

void add_commands(CLI::App& app, Asked& asked) {
    app.set_version_flag("--version", std::string{"numproofctl "} + kVersion);
    app.add_flag("--json", asked.json, "Print JSON instead of tables");
    app.add_option("--socket", asked.context.socket, "The daemon's admin socket")
        ->type_name("FILE")
        ->capture_default_str();
    app.require_subcommand(1);
    app.fallthrough();  // --json and --socket may stand behind the command.
    app.footer(
        "Exit status: 0 done; 1 the daemon said no, or what was to be verified is not good;\n"
        "64 the command line is wrong; 69 no daemon answers.\n"
        "Colours only on a terminal, and not when NO_COLOR is set."
    );
    add_status_command(app, asked);
    add_daemon_commands(app, asked);
    add_feed_commands(app, asked);
    add_session_commands(app, asked);
    add_number_commands(app, asked);
    add_key_commands(app, asked);
    add_audit_commands(app, asked);
    add_letter_commands(app, asked);
    add_completion_command(app, asked);
}

}  // namespace numproof::ctl
