// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/load.h"

#include <utility>

#include "tools/numproof_bench/process_cost.h"

namespace numproof::bench {
namespace {

// Everything that costs something while the load runs.
struct Costs {
    ProcessCost server;
    ProcessCost store;
    std::chrono::nanoseconds own{};

    [[nodiscard]] static Result<Costs> begin(const LoadOptions& options) {
        auto server = ProcessCost::begin(options.server_pids);
        if (!server) {
            return pass_on(server);
        }
        auto store = ProcessCost::begin(options.store_pids);
        if (!store) {
            return pass_on(store);
        }
        return Costs{
            .server = std::move(*server), .store = std::move(*store), .own = own_processor_time()};
    }

    [[nodiscard]] Result<void> end() {
        own = own_processor_time() - own;
        auto ended = server.end();
        return ended ? store.end() : ended;
    }
};

}  // namespace

std::map<std::string, std::uint64_t> StatusCounts::all() const {
    std::map<std::string, std::uint64_t> counts;
    for (std::size_t status = 0; status < counts_.size(); ++status) {
        if (counts_[status] > 0) {
            counts[std::to_string(status)] = counts_[status];
        }
    }
    return counts;
}

Result<Report> run_load(
    const LoadOptions& options,
    Caller& caller,
    std::vector<IpAddress> sources,
    const std::function<std::uint64_t()>& good
) {
    auto url = parse_url(options.url);
    if (!url) {
        return pass_on(url);
    }
    auto target = Target::find(std::move(*url));
    if (!target) {
        return pass_on(target);
    }
    ClosedLoop loop{*target, caller, std::move(sources)};
    if (auto connected = loop.connect(options.connections); !connected) {
        return pass_on(connected);
    }
    auto costs = Costs::begin(options);
    if (!costs) {
        return pass_on(costs);
    }
    auto figures = loop.run(options.duration);
    if (!figures) {
        return pass_on(figures);
    }
    if (auto ended = costs->end(); !ended) {
        return pass_on(ended);
    }
    Report report;
    report.name = options.name;
    report.connections = options.connections;
    report.requests = figures->requests;
    report.seconds = std::chrono::duration<double>(figures->took).count();
    report.good = good();
    report.server_us = costs->server.us_for_each(report.good);
    report.store_us = costs->store.us_for_each(report.good);
    report.rss_bytes = costs->server.resident_bytes();
    const auto own_us = static_cast<double>(costs->own.count()) / 1000.0;
    report.more = {
        {"lost", static_cast<double>(figures->lost)},
        {"unanswered", static_cast<double>(figures->unanswered)},
        {"reconnects", static_cast<double>(figures->reconnects)},
        {"generator_us",
         own_us / static_cast<double>(std::max<std::uint64_t>(1, report.requests))}};
    return report;
}

}  // namespace numproof::bench
