// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/numproof_bench/commands.h"
#include "tools/numproof_bench/token_mint.h"

namespace numproof::bench {
namespace {

// Tokens are as good as what they stand for: nobody else reads them.
constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Error> cannot_write(const std::string& path) {
    return fail(ErrorCode::io_failure, path + ": " + std::strerror(errno));
}

Result<void> write_file(const std::string& path, std::string_view text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
    if (file < 0) {
        return cannot_write(path);
    }
    // A file that was there already keeps its mode otherwise.
    Result<void> outcome;
    if (fchmod(file, kOwnerOnly) != 0) {
        outcome = cannot_write(path);
    }
    while (!text.empty() && outcome) {
        const auto written = write(file, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            outcome = cannot_write(path);
        }
    }
    if (close(file) != 0 && outcome) {
        outcome = cannot_write(path);
    }
    return outcome;
}

Result<const Client*> find_client(const Ground& ground, const std::string& id) {
    const auto& clients = ground.clients();
    const auto found = clients ? clients->find(id) : ClientRegistry::const_iterator{};
    if (!clients || found == clients->end()) {
        return fail(
            ErrorCode::invalid_value,
            "--client: the configuration has no client '" + id + "' (auth.clients_file)"
        );
    }
    return &found->second;
}

Report report_of(const TokensOptions& options, const TokenMint& mint) {
    Report report;
    report.name = "tokens";
    report.connections = 1;
    report.requests = options.count;
    report.good = options.count;
    report.seconds = std::chrono::duration<double>(mint.took()).count();
    report.answers["issued"] = options.count;
    set_latencies(report, mint.latencies());
    return report;
}

}  // namespace

Result<Report> run_tokens(const TokensOptions& options) {
    auto ground = Ground::lay(options.config);
    if (!ground) {
        return pass_on(ground);
    }
    const auto& settings = (*ground)->settings();
    if (settings.directory.backend == DirectoryBackend::memory) {
        return fail(
            ErrorCode::invalid_configuration,
            "directory.backend is memory: only numproofd itself reaches that; use redis"
        );
    }
    auto client = find_client(**ground, options.client);
    if (!client) {
        return pass_on(client);
    }
    auto home = home_of(settings.directory);
    if (!home) {
        return pass_on(home);
    }
    if (auto room = check_room(home->range, options.subscribers); !room) {
        return pass_on(room);
    }
    TokenMint mint{**ground, options, **client, std::move(*home)};
    if (auto minted = mint.run(); !minted) {
        return pass_on(minted);
    }
    if (auto written = write_file(options.file, mint.lines()); !written) {
        return pass_on(written);
    }
    return report_of(options, mint);
}

}  // namespace numproof::bench
