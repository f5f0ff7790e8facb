// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <system_error>

#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/sign_in.h"
#include "daemon/app/sandbox.h"

namespace numproof {
namespace {

constexpr const char* kScope = "openid dpv:FraudPreventionAndDetection number-verification:verify";
constexpr const char* kCallback = "http://127.0.0.1:9999/callback";

std::string sign_in_commands(const AuthSettings& auth) {
    return "  code=$(curl -s --interface 127.0.10.1 -o /dev/null -w '%{redirect_url}' '" +
           auth.issuer + auth.authorize_paths.front() +
           "?response_type=code&client_id=sandbox-app&redirect_uri=" +
           ctl::percent_encode(kCallback) + "&scope=" + ctl::percent_encode(kScope) +
           "&state=1' | sed 's/.*[?&]code=\\([^&]*\\).*/\\1/')\n"
           "  token=$(curl -s -u sandbox-app:sandbox-secret -d grant_type=authorization_code "
           "-d code=$code -d redirect_uri=" +
           kCallback + " " + auth.issuer + auth.token_paths.front() +
           " | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n";
}

std::string verify_command(const Settings& settings) {
    const auto prefix = settings.http.mounts.empty() ? std::string{"/number-verification/v2"}
                                                     : settings.http.mounts.back().prefix;
    return "  curl -s -H \"Authorization: Bearer $token\" -H 'Content-Type: application/json' "
           "-d '{\"phoneNumber\":\"+34600000001\"}' " +
           settings.auth.issuer + prefix + "/verify\n";
}

/// As it can be pasted: the tool beside this program, if it is there, and the socket in use.
std::string demo_command(const Settings& settings) {
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    const auto beside = self.parent_path() / "numproofctl";
    const bool found = !unknown && std::filesystem::exists(beside, unknown);
    const auto tool = found ? beside.string() : std::string{"numproofctl"};
    const auto& socket = settings.http.admin_socket;
    return tool + (socket == ctl::default_socket() ? "" : " --socket " + socket) + " demo";
}

}  // namespace

std::string sandbox_banner(const Settings& settings) {
    return "\nNumproof sandbox on " + settings.auth.issuer +
           "\nNothing here is secret: keys, clients and subscribers are the ones of the "
           "documentation.\n"
           "Kafka: " +
           settings.kafka.brokers.front() + "   admin: http://" + settings.http.admin.host + ":" +
           std::to_string(settings.http.admin.port) +
           "\n\nThe phone 127.0.10.1 holds +34600000001. As soon as the log says \"ready to "
           "answer\" (about four "
           "seconds), verify it: paste into another terminal"
           "\n\n" +
           sign_in_commands(settings.auth) + verify_command(settings) +
           "\nOr watch both sides: " + demo_command(settings) + "\n\n";
}

}  // namespace numproof
