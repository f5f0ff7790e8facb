// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/config/config_node.h"
#include "daemon/config/mistake.h"
#include "daemon/config/settings.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// What the configuration is read for.
struct ConfigurationContext {
    enum class Mode : std::uint8_t {
        regular,
        sandbox  ///< Brings its own keys, clients, broker, spool folder and issuer.
    };

    Mode mode = Mode::regular;
    /// Value of `$CREDENTIALS_DIRECTORY`; empty outside a service with credentials.
    std::string credentials_directory{};
};

/// A configuration that holds together.
struct Configuration {
    Settings settings;
    ConfigNode effective;  ///< Every key with its value in canonical form; no secret is in it.
};

/// Judges `written` by the table of settings and by the rules between settings.
[[nodiscard]] Checked<Configuration> read_configuration(
    const ConfigNode& written, const ConfigurationContext& context
);

/// Puts `value` at the dotted `path` of `root`, making mappings on the way: `--set`. Below
/// `kafka.properties` the rest of the path is one key. The value stands at `value.mark`.
void set_at_path(ConfigNode& root, std::string_view path, ConfigNode value);

/// SHA-256 in hexadecimal over the effective configuration: it changes when a setting does, however
/// the files are written.
[[nodiscard]] std::string config_hash(const ConfigNode& effective, const Crypto& crypto);

}  // namespace numproof
