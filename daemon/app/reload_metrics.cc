// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/reload_metrics.h"

#include <string_view>

namespace numproof {
namespace {

Sample counted(std::string_view result, std::uint64_t count) {
    return {
        .kind = Sample::Kind::counter,
        .name = "numproof_config_reloads_total",
        .help = "Reloads of the configuration by what came of them.",
        .labels = {{"result", std::string{result}}},
        .value = static_cast<double>(count),
        .histogram = nullptr};
}

Sample gauge(std::string_view name, std::string_view help, double value) {
    return {
        .kind = Sample::Kind::gauge,
        .name = std::string{name},
        .help = std::string{help},
        .labels = {},
        .value = value,
        .histogram = nullptr};
}

}  // namespace

void ReloadMetrics::collect(std::vector<Sample>& samples) const {
    samples.push_back(counted("taken", taken_));
    samples.push_back(counted("refused", refused_));
    samples.push_back(gauge(
        "numproof_config_last_reload_success",
        "0: the last reload was refused, and the former configuration is in force.",
        last_refused_ ? 0 : 1
    ));
    auto info = gauge("numproof_config_info", "The configuration in force, by its hash.", 1);
    info.labels.emplace_back("config_hash", config_hash_);
    samples.push_back(std::move(info));
}

}  // namespace numproof
