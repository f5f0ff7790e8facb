// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/log/spdlog_log.h"
#include "daemon/app/foundation.h"
#include "tools/numproof_bench/options.h"

namespace numproof::bench {

/// A configuration with its keys and clients, as numproofd itself reads them.
class Ground {
public:
    /// Fails with invalid_configuration and every mistake that was found.
    [[nodiscard]] static Result<std::unique_ptr<Ground>> lay(const ConfigChoice& choice);

    [[nodiscard]] Foundation& foundation() noexcept { return foundation_; }

    [[nodiscard]] const Settings& settings() const noexcept {
        return foundation_.edition->settings;
    }

    /// Null without the roles that need clients.
    [[nodiscard]] const ClientSnapshot& clients() const noexcept {
        return foundation_.edition->clients;
    }

private:
    Ground(Configuration configuration, KeyMaterial material);

    SystemClock clock_;
    SpdlogLog log_;
    Foundation foundation_;
};

}  // namespace numproof::bench
