// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace numproof::ctl {

/// How answers are printed.
enum class Format : std::uint8_t { table, json };

/// What all commands share.
struct Context {
    std::string socket;  ///< The daemon's admin socket.
    Format format = Format::table;
};

/// Each command prints to standard output, complains on standard error and gives the exit status.

/// What the daemon says of itself.
int status(const Context& context);

/// The same each second, until a signal or `turns_max` times (0: without end).
int status_watch(const Context& context, std::size_t turns_max);

/// The configuration in force, secrets masked.
int config_show(const Context& context);

/// How far each partition of each feed has been read, and how fresh it is.
int feed_status(const Context& context);

/// The same each second, until a signal or `turns_max` times (0: without end): drawn anew on a
/// terminal, else a line each.
int feed_watch(const Context& context, std::size_t turns_max);

/// The directory keys of the daemon: which is current, and which one the directory is sealed with.
int key_list(const Context& context);

/// The clients that the daemon knows.
int client_list(const Context& context);

/// Which dead letters are meant; empty: any. Partition and offset are those of the record that
/// could not be used.
struct LetterFilter {
    std::string topic;
    std::string reason;
    std::string partition;
    std::string offset;
    std::size_t limit = 100;
    bool dry_run = false;
    bool again = false;  ///< Also those that were replayed before.
    bool all = false;    ///< Replays without any filter.
};

/// The newest dead letters: where they come from and why, never what is in them.
int dlq_list(const Context& context, const LetterFilter& filter);

/// Puts the oldest dead letters back where they came from.
int dlq_replay(const Context& context, const LetterFilter& filter);

/// Has the daemon read its configuration again; succeeds when all of it is in force.
int reload(const Context& context);

/// Makes the daemon take no new work, finish what it has and stop.
int drain(const Context& context);

/// Plays the device and the service provider against a sandbox.
int demo(const Context& context);

/// Prints the SHA-256 that `hashedPhoneNumber` wants for `number`.
int hash(const Context& context, const std::string& number);

/// Makes a client secret and the hash for clients.yaml.
int client_secret(const Context& context);

/// Makes a key of `kind` (signing, directory, audit) in `file`, or prints it when `file` is empty.
int key_new(const Context& context, const std::string& kind, const std::string& file);

/// Takes one step of changing the current key of the key file `file`: `add` puts a new key second,
/// `promote` makes the second one current, `retire` takes out all but the current.
int key_rotate(const Context& context, const std::string& step, const std::string& file);

}  // namespace numproof::ctl
