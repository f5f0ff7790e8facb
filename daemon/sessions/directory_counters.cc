// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/directory_counters.h"

namespace numproof {
namespace {

Sample lookup(std::string_view result, const Counter& counter) {
    return {
        .name = "numproof_directory_lookups_total",
        .help = "Addresses that were asked for, by what they proved.",
        .labels = {{"result", std::string{result}}},
        .value = static_cast<double>(counter.value())};
}

}  // namespace

void DirectoryCounters::collect(std::vector<Sample>& samples) const {
    samples.push_back(
        {.name = "numproof_directory_integrity_failures_total",
         .help = "Stored values of the directory that did not open or decode.",
         .labels = {},
         .value = static_cast<double>(integrity_failures.value())}
    );
    samples.push_back(lookup("proven", proven));
    samples.push_back(lookup("failed", failed));
    for (std::size_t i = 0; i < kReasons; ++i) {
        samples.push_back(lookup(name_of(static_cast<Unproven>(i)), unproven_[i]));
    }
}

}  // namespace numproof
