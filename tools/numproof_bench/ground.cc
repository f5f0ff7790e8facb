// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/ground.h"

#include <utility>

#include "adapters/yaml/settings_loader.h"

namespace numproof::bench {
namespace {

LogOptions quiet() {
    LogOptions options;
    options.target = LogSink::stderr_stream;
    options.level = Severity::warning;
    return options;
}

}  // namespace

Ground::Ground(Configuration configuration, KeyMaterial material)
    : log_(clock_, quiet()), foundation_(std::move(configuration), std::move(material), log_) {}

Result<std::unique_ptr<Ground>> Ground::lay(const ConfigChoice& choice) {
    // Hundreds of calls wait for one Redis here: what is good for a request is too short for them.
    std::vector<std::string> overrides{"directory.redis.deadline=5s"};
    overrides.insert(overrides.end(), choice.overrides.begin(), choice.overrides.end());
    auto configuration = load_settings_file(choice.file, overrides, ConfigurationContext{});
    if (!configuration) {
        return fail(ErrorCode::invalid_configuration, to_text(configuration.error()));
    }
    const OpensslCrypto crypto;
    auto material = read_key_material(configuration->settings, crypto);
    if (!material) {
        return fail(ErrorCode::invalid_configuration, material.error());
    }
    return std::unique_ptr<Ground>{new Ground{std::move(*configuration), std::move(*material)}};
}

}  // namespace numproof::bench
