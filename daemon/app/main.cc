// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "adapters/log/spdlog_log.h"
#include "adapters/memory/heap.h"
#include "adapters/yaml/settings_loader.h"
#include "daemon/app/command_line.h"
#include "daemon/app/exit_codes.h"
#include "daemon/app/foundation.h"
#include "daemon/app/node.h"
#include "daemon/app/config_check.h"
#include "daemon/app/options_of.h"
#include "daemon/app/sandbox.h"
#include "daemon/app/sockets.h"
#include "daemon/base/failpoint.h"
#include "embedded/sandbox.h"

namespace numproof {
namespace {

int complain(const std::string& text, int exit_code) {
    std::fputs(text.c_str(), stderr);
    if (!text.ends_with('\n')) {
        std::fputc('\n', stderr);
    }
    return exit_code;
}

int complain(const Error& error) {
    const bool settings = fault_of(error.code) == Fault::operations;
    return complain("numproofd: " + error.detail, settings ? kExitConfiguration : kExitUnavailable);
}

Checked<Configuration> load(const CommandLine& line) {
    const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const ConfigurationContext context{
        .mode = line.sandbox ? ConfigurationContext::Mode::sandbox
                             : ConfigurationContext::Mode::regular,
        .credentials_directory = credentials != nullptr ? credentials : ""};
    if (!line.sandbox) {
        return load_settings_file(line.config_file, line.overrides, context);
    }
    const YamlText text{.source = "sandbox", .content = embedded::sandbox::sandbox_yaml};
    return load_settings(text, line.overrides, context);
}

tl::expected<Reading, std::string> read_all(const CommandLine& line) {
    auto configuration = load(line);
    if (!configuration) {
        return tl::unexpected<std::string>(to_text(configuration.error()));
    }
    const OpensslCrypto crypto;
    auto material = read_key_material(configuration->settings, crypto);
    if (!material) {
        return tl::unexpected<std::string>(std::move(material.error()));
    }
    return Reading{.configuration = std::move(*configuration), .material = std::move(*material)};
}

LogOptions log_options_of(const LoggingSettings& settings) {
    return {
        .target =
            settings.target == LoggingTarget::journal ? LogSink::journal : LogSink::stderr_stream,
        .format = settings.format == LoggingFormat::json ? LineForm::json : LineForm::text,
        .level = severity_of(settings.level)};
}

// Memory holds numbers and keys: no core file, whoever starts us, and no debugger of the same user.
void protect_memory() {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
}

int serve(const CommandLine& line, Reading reading) {
    const SystemClock clock;
    auto& settings = reading.configuration.settings;
    SpdlogLog log{clock, log_options_of(settings.log)};
    auto inherited = InheritedSockets::from_service_manager();
    if (!inherited) {
        return complain(inherited.error());
    }
    const auto strictness = line.sandbox ? BindMode::sandbox : BindMode::strict;
    auto sockets = bind_sockets(settings, std::move(*inherited), strictness, log);
    if (!sockets) {
        return complain(sockets.error());
    }
    std::unique_ptr<SandboxGround> ground;
    if (line.sandbox) {
        auto laid = SandboxGround::lay(settings, log);
        if (!laid) {
            return complain(laid.error());
        }
        ground = std::move(*laid);
    }
    Foundation foundation{std::move(reading.configuration), std::move(reading.material), log};
    const auto kind = line.sandbox ? Node::Kind::sandbox : Node::Kind::regular;
    ReloadSource reload{
        .read = [&line] { return read_all(line); },
        .adopt_log = [&log](const LoggingSettings& terms) { log.adopt(log_options_of(terms)); }};
    auto node = Node::make(foundation, std::move(*sockets), kind, std::move(reload));
    if (!node) {
        return complain(node.error());
    }
    return (*node)->run();
}

#ifdef NUMPROOF_FAILPOINTS
Result<void> arm_failpoint() {
    const auto armed = arm_failpoint_of_environment();
    if (!armed) {
        return fail(armed.error().code, "NUMPROOF_FAILPOINT: " + armed.error().detail);
    }
    if (!armed->empty()) {
        std::fprintf(
            stderr,
            "numproofd: warning: failpoint %s is armed: this process will kill itself\n",
            std::string{*armed}.c_str()
        );
    }
    return {};
}
#else
Result<void> arm_failpoint() {
    return {};
}
#endif

int run(int argc, char** argv) {
    const auto asked = read_command_line(argc, argv);
    if (const auto* answered = std::get_if<Answered>(&asked)) {
        return answered->exit_code;
    }
    const auto& line = std::get<CommandLine>(asked);
    auto reading = read_all(line);
    if (!reading) {
        return complain(reading.error(), kExitConfiguration);
    }
    if (line.check_config) {
        const auto reach = line.online ? Reach::servers : Reach::files;
        return check(std::move(reading->configuration), std::move(reading->material), reach);
    }
    if (const auto armed = arm_failpoint(); !armed) {
        return complain("numproofd: " + armed.error().detail, kExitConfiguration);
    }
    // Until the loop takes it for a reload, a HUP must not end the daemon.
    std::signal(SIGHUP, SIG_IGN);
    return serve(line, std::move(*reading));
}

}  // namespace
}  // namespace numproof

int main(int argc, char** argv) {
    numproof::protect_memory();
    numproof::bound_heap();
    try {
        return numproof::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "numproofd: bug: %s\n", error.what());
        return numproof::kExitBug;
    }
}
