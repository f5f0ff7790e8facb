// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/config/setting_sections.h"

namespace numproof::sections {
namespace {

using enum SettingType;

constexpr std::array kNode{
    Setting{
        .key = "name",
        .type = text,
        .fallback = "np1",
        .doc = "Name of this node in audit events, metrics and consumer membership; one of its own "
               "for every node.",
        .form = text_form::node_name},
    Setting{
        .key = "roles",
        .type = choices,
        .fallback = "[api, auth, ingest]",
        .doc = "What this node does: answer the API, sign devices in and hand out tokens, read "
               "session events.",
        .range = {"1", "3"},
        .choices = "api|auth|ingest"},
};

constexpr std::array kPaths{
    Setting{
        .key = "authorize",
        .type = texts,
        .fallback = "[/oauth2/authorize]",
        .doc = "Paths of the authorization endpoint; the first is published.",
        .range = {"1", "16"},
        .form = text_form::url_path},
    Setting{
        .key = "token",
        .type = texts,
        .fallback = "[/oauth2/token]",
        .doc = "Paths of the token endpoint; the first is published.",
        .range = {"1", "16"},
        .form = text_form::url_path},
};

constexpr std::array kTokens{
    Setting{
        .key = "mode",
        .type = choice,
        .fallback = "native",
        .doc = "Whose tokens: our opaque ones, another server's JWTs, or ones to be introspected. "
               "This version does native only.",
        .choices = "native|jwt|introspection",
        .unsupported = "jwt|introspection"},
    Setting{
        .key = "ttl",
        .type = duration,
        .fallback = "120s",
        .doc = "How long a token that was not used can be used.",
        .range = {"1s", "300s"}},
};

constexpr std::array kEntitlement{
    Setting{
        .key = "url",
        .type = text,
        .doc = "The entitlement server's token check.",
        .form = text_form::https_url},
    Setting{
        .key = "ca_file",
        .type = text,
        .fallback = "null",
        .doc = "Who issued its certificate, PEM.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "certificate_file",
        .type = text,
        .fallback = "null",
        .doc = "Our certificate, PEM.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "key_file",
        .type = text,
        .fallback = "null",
        .doc = "Our private key, PEM.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "deadline",
        .type = duration,
        .fallback = "1s",
        .doc = "For one question.",
        .range = {"10ms", "30s"}},
};

constexpr std::array kAuth{
    Setting{
        .key = "issuer",
        .type = text,
        .fallback = "null",
        .doc = "The URL that service providers know this server by; https, or http on loopback. "
               "Must be set where the role auth runs. The sandbox derives it from its first "
               "listener.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::issuer,
        .example = "https://idp.example.com"},
    Setting{
        .key = "paths", .type = section, .doc = "Paths of the OAuth endpoints.", .members = kPaths},
    Setting{.key = "tokens", .type = section, .doc = "Access tokens.", .members = kTokens},
    Setting{
        .key = "signing_keys_dir",
        .type = text,
        .fallback = "/etc/numproof/keys/signing",
        .doc = "Keys that sign ID tokens: <kid>.pem, PKCS#8, EC P-256.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::directory},
    Setting{
        .key = "clients_file",
        .type = text,
        .fallback = "/etc/numproof/clients.yaml",
        .doc = "The service providers' applications.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::directory},
    Setting{
        .key = "off_network_error",
        .type = choice,
        .fallback = "login_required",
        .doc = "What a device hears that is not on the mobile network.",
        .choices = "login_required|access_denied"},
    Setting{
        .key = "entitlement",
        .type = section,
        .fallback = "null",
        .doc = "Where TS.43 tokens are checked; null: those grants are absent. Not supported by "
               "this version.",
        .nullable = Nullable::yes,
        .unsupported = "*",
        .members = kEntitlement},
};

}  // namespace

std::span<const Setting> node() noexcept {
    return kNode;
}

std::span<const Setting> auth() noexcept {
    return kAuth;
}

}  // namespace numproof::sections
