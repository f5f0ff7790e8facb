// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/options.h"

#include <functional>

#include <CLI/CLI.hpp>

#include "daemon/app/exit_codes.h"
#include "daemon/app/version.h"
#include "tools/numproof_bench/duration.h"

namespace numproof::bench {
namespace {

void add_duration(CLI::App& app, const char* name, Milliseconds& value, const std::string& about) {
    const auto read = [name, &value](const std::string& text) {
        const auto parsed = parse_duration(text);
        if (!parsed) {
            throw CLI::ValidationError(name, "'" + text + "' is no duration: 250ms, 5s, 10m, 1h");
        }
        value = *parsed;
    };
    app.add_option_function<std::string>(name, read, about)
        ->type_name("DURATION")
        ->default_str(duration_text(value));
}

void add_config(CLI::App& app, ConfigChoice& config) {
    app.add_option("--config", config.file, "Configuration of numproofd")
        ->type_name("FILE")
        ->capture_default_str();
    app.add_option("--set", config.overrides, "Override one setting by its dotted path; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

void add_load(CLI::App& app, LoadOptions& load) {
    app.add_option("--url", load.url, "http://host:port/path")->type_name("URL")->required();
    app.add_option("--connections", load.connections, "Connections that are kept alive")
        ->check(CLI::Range(1, 20'000))
        ->capture_default_str();
    add_duration(app, "--seconds", load.duration, "How long; a bare number is seconds");
    app.add_option("--subscribers", load.subscribers, "Made-up subscribers that take turns")
        ->check(CLI::Range(1, 99'999'999))
        ->capture_default_str();
    app.add_option("--server-pid", load.server_pids, "Process that serves; repeatable")
        ->type_name("PID")
        ->allow_extra_args(false);
    app.add_option("--store-pid", load.store_pids, "Process of the store; repeatable")
        ->type_name("PID")
        ->allow_extra_args(false);
    app.add_option("--name", load.name, "What the report is called")
        ->type_name("NAME")
        ->capture_default_str();
}

void add_tokens(CLI::App& app, TokensOptions& options, const std::function<void()>& chosen) {
    auto* const tokens = app.add_subcommand(
        "tokens",
        "Mint tokens through the configured store and keys. numproofd must be running and the "
        "subscribers bound: see sessions. Token k (from 0) belongs to subscriber k mod S"
    );
    add_config(*tokens, options.config);
    tokens->add_option("--count", options.count, "How many")
        ->required()
        ->check(CLI::Range(1, 99'999'999));
    tokens->add_option("--file", options.file, "Where they go, one a line; only its owner reads it")
        ->type_name("FILE")
        ->required();
    tokens->add_option("--subscribers", options.subscribers, "Made-up subscribers S")
        ->check(CLI::Range(1, 99'999'999))
        ->capture_default_str();
    tokens->add_option("--client", options.client, "A client of the configuration")
        ->type_name("ID")
        ->capture_default_str();
    add_duration(*tokens, "--ttl", options.life, "How long the tokens are good");
    add_duration(*tokens, "--wait", options.wait, "How long to wait for bound subscribers");
    tokens->add_option("--in-flight", options.in_flight, "Tokens that are made at one time")
        ->check(CLI::Range(1, 4000))
        ->capture_default_str();
    tokens->callback(chosen);
}

void add_sessions(CLI::App& app, SessionsOptions& options, const std::function<void()>& chosen) {
    auto* const sessions = app.add_subcommand(
        "sessions",
        "Publish bindings of made-up subscribers to the first configured feed, and heartbeats to "
        "every partition of every feed each 250 ms; the report comes when all is acknowledged"
    );
    add_config(*sessions, options.config);
    sessions->add_option("--count", options.count, "How many; 0: only heartbeats")
        ->required()
        ->check(CLI::Range(0, 99'999'999));
    add_duration(
        *sessions,
        "--heartbeats",
        options.heartbeats,
        "How long heartbeats go on afterwards; 0s: one at the end"
    );
    sessions
        ->add_option(
            "--make-topics",
            options.make_topics,
            "Make the configured topics that are missing, feeds with so many partitions"
        )
        ->type_name("PARTITIONS")
        ->check(CLI::Range(1, 1000));
    sessions->callback(chosen);
}

void add_verify(CLI::App& app, VerifyOptions& options, const std::function<void()>& chosen) {
    auto* const verify = app.add_subcommand(
        "verify",
        "A closed loop of POST verify: each connection sends its next request when it has the "
        "answer to the last one; each request has a token of its own"
    );
    add_load(*verify, options.load);
    auto* const tokens =
        verify->add_option("--tokens", options.tokens, "Tokens, one a line")->type_name("FILE");
    verify->add_option("--skip", options.skip, "Lines that are used up already")->needs(tokens);
    auto* const plain = verify->add_flag_callback(
        "--plain",
        [&options] { options.expect = VerifyOptions::Expect::any_200; },
        "Any 200 counts, and without --tokens a made-up token is good enough: for other servers"
    );
    verify->callback([chosen, tokens, plain] {
        if (tokens->empty() && plain->empty()) {
            throw CLI::RequiredError("--tokens (or --plain)");
        }
        chosen();
    });
}

void add_sign_in(CLI::App& app, SignInOptions& options, const std::function<void()>& chosen) {
    auto* const sign_in = app.add_subcommand(
        "sign-in",
        "A closed loop of sign-ins: each connection is a device that asks for a code and then "
        "exchanges it; the source address is the device's, so it works on loopback"
    );
    add_load(*sign_in, options.load);
    sign_in->add_option("--client", options.client, "A client with client_secret_basic")
        ->type_name("ID")
        ->capture_default_str();
    sign_in->add_option("--secret", options.secret, "Its secret")->type_name("S")->required();
    sign_in->add_option("--redirect-uri", options.redirect_uri, "One of its redirect URIs")
        ->capture_default_str();
    sign_in->add_option("--scope", options.scope, "Purpose and scopes")->capture_default_str();
    sign_in->add_option("--devices", options.devices, "The range that the sessions were made up in")
        ->type_name("CIDR")
        ->capture_default_str();
    sign_in->callback(chosen);
}

// What the subcommands fill in; one of them is chosen.
struct Asked {
    TokensOptions tokens;
    SessionsOptions sessions;
    VerifyOptions verify;
    SignInOptions sign_in;
    std::function<Command()> chosen;
};

}  // namespace

Command read_options(int argc, char** argv) {
    Asked asked;
    CLI::App app{"Load and made-up data for measuring Numproof", "numproof-bench"};
    app.set_version_flag("--version", std::string{"numproof-bench "} + kVersion);
    app.require_subcommand(1);
    app.footer(
        "Prints one JSON object: name, connections, requests, seconds, per_second, p50_us, "
        "p99_us,\n"
        "server_us, store_us (CPU of the named processes for one good answer), rss_bytes, "
        "answers,\n"
        "errors. Exit status: 0, 64 usage, 69 a server cannot be reached, 78 configuration."
    );
    add_tokens(app, asked.tokens, [&] { asked.chosen = [&] { return asked.tokens; }; });
    add_sessions(app, asked.sessions, [&] { asked.chosen = [&] { return asked.sessions; }; });
    add_verify(app, asked.verify, [&] { asked.chosen = [&] { return asked.verify; }; });
    add_sign_in(app, asked.sign_in, [&] { asked.chosen = [&] { return asked.sign_in; }; });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return Answered{.exit_code = app.exit(error) == 0 ? kExitOk : kExitUsage};
    }
    return asked.chosen();
}

}  // namespace numproof::bench
