// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/metadata.h"

#include <initializer_list>

#include "daemon/base/json_writer.h"
#include "daemon/domain/scope.h"

namespace numproof {
namespace {

using Words = std::initializer_list<std::string_view>;

void write_list(JsonWriter& json, std::string_view name, Words words) {
    json.key(name).begin_array();
    for (const auto word : words) {
        json.text(word);
    }
    json.end_array();
}

void write_endpoints(JsonWriter& json, const AuthServerSettings& settings) {
    json.key("issuer").text(settings.issuer);
    json.key("authorization_endpoint").text(url_of(settings, settings.authorize_paths.front()));
    json.key("token_endpoint").text(url_of(settings, settings.token_paths.front()));
    json.key("revocation_endpoint").text(url_of(settings, settings.revocation_path));
    json.key("jwks_uri").text(url_of(settings, settings.jwks_path));
}

void write_client_authentication(JsonWriter& json, std::string_view endpoint) {
    const std::string prefix{endpoint};
    const Words methods{"private_key_jwt", "client_secret_basic", "client_secret_post"};
    write_list(json, prefix + "_auth_methods_supported", methods);
    write_list(json, prefix + "_auth_signing_alg_values_supported", {"ES256"});
}

void write_authorization(JsonWriter& json) {
    const Words scopes{
        name_of(Scope::openid), name_of(Scope::verify), name_of(Scope::device_phone_number)};
    write_list(json, "scopes_supported", scopes);
    write_list(json, "response_types_supported", {"code"});
    write_list(json, "response_modes_supported", {"query"});
    write_list(json, "grant_types_supported", {"authorization_code"});
    write_list(json, "code_challenge_methods_supported", {"S256"});
    write_list(json, "prompt_values_supported", {"none"});
    json.key("authorization_response_iss_parameter_supported").boolean(true);
    // Absent, request_uri_parameter_supported would mean true.
    json.key("request_parameter_supported").boolean(false);
    json.key("request_uri_parameter_supported").boolean(false);
    json.key("claims_parameter_supported").boolean(false);
}

void write_id_tokens(JsonWriter& json) {
    const Words claims{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr"};
    write_list(json, "subject_types_supported", {"pairwise"});
    write_list(json, "id_token_signing_alg_values_supported", {"ES256"});
    write_list(json, "claims_supported", claims);
}

}  // namespace

std::string url_of(const AuthServerSettings& settings, std::string_view path) {
    std::string url = settings.issuer;
    if (url.ends_with('/')) {
        url.pop_back();
    }
    return url.append(path);
}

std::string server_metadata(const AuthServerSettings& settings) {
    JsonWriter json;
    json.begin_object();
    write_endpoints(json, settings);
    write_authorization(json);
    write_client_authentication(json, "token_endpoint");
    write_client_authentication(json, "revocation_endpoint");
    write_id_tokens(json);
    json.end_object();
    return json.take();
}

}  // namespace numproof
