// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tools/numproof_bench/commands.h"
#include "tools/numproof_bench/load.h"
#include "tools/numproof_bench/sign_in_caller.h"
#include "tools/numproof_bench/subscribers.h"

namespace numproof::bench {
namespace {

// Where the devices connect from: each at its address, the first ones first.
Result<std::vector<IpAddress>> sources_of(const SignInOptions& options) {
    const auto range = IpPrefix::parse(options.devices);
    if (!range) {
        return fail(ErrorCode::invalid_value, "--devices: '" + options.devices + "' is no range");
    }
    const auto count = std::min<std::uint64_t>(options.load.connections, options.load.subscribers);
    if (auto room = check_room(*range, count); !room) {
        return pass_on(room);
    }
    std::vector<IpAddress> sources;
    for (std::uint64_t i = 0; i < count; ++i) {
        sources.push_back(address_of(*range, i));
    }
    return sources;
}

}  // namespace

Result<Report> run_sign_in(const SignInOptions& options) {
    auto url = parse_url(options.load.url);
    if (!url) {
        return pass_on(url);
    }
    auto sources = sources_of(options);
    if (!sources) {
        return pass_on(sources);
    }
    SignInCaller caller{options, *url};
    const auto good = [&caller] { return caller.good(); };
    auto report = run_load(options.load, caller, std::move(*sources), good);
    if (report) {
        caller.fill(*report);
    }
    return report;
}

}  // namespace numproof::bench
