// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/configuration.h"
#include "daemon/config/mistake.h"
#include "daemon/domain/client.h"

namespace numproof {

/// A YAML text and what it is called in messages.
struct YamlText {
    std::string source;
    std::string_view content;
};

/// Reads settings and then lets `overrides` (`KEY=VALUE`, the value as YAML; the last one of a key
/// counts) take their places. Everything that is wrong comes at once; nothing but the memory is
/// touched.
[[nodiscard]] Checked<Configuration> load_settings(
    const YamlText& text,
    const std::vector<std::string>& overrides,
    const ConfigurationContext& context
);

/// The same from a file. Blocking.
[[nodiscard]] Checked<Configuration> load_settings_file(
    const std::string& path,
    const std::vector<std::string>& overrides,
    const ConfigurationContext& context
);

/// Reads clients.
[[nodiscard]] Checked<ClientRegistry> load_clients(const YamlText& text);

/// The same from a file. Blocking.
[[nodiscard]] Checked<ClientRegistry> load_clients_file(const std::string& path);

}  // namespace numproof
