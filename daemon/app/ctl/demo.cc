// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include <simdjson.h>

#include "adapters/curl/http_client.h"
#include "adapters/openssl/openssl_crypto.h"
#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/sign_in.h"
#include "daemon/app/exit_codes.h"

namespace numproof::ctl {
namespace {

constexpr const char* kNumber = "+34600000001";

std::string member(const std::string& json, const char* name) {
    simdjson::dom::parser parser;
    std::string_view value;
    if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) {
        return {};
    }
    return std::string{value};
}

void step(const char* who, const std::string& what) {
    std::printf("%-17s %s\n", who, what.c_str());
}

int give_up(const std::string& why) {
    std::fprintf(stderr, "numproofctl: %s\n", why.c_str());
    return kExitFailed;
}

SignIn sign_in_at(const std::string& issuer) {
    const OpensslCrypto crypto;
    SignIn sign_in;
    sign_in.issuer = issuer;
    sign_in.device = "127.0.10.1";
    sign_in.scope = "openid dpv:FraudPreventionAndDetection number-verification:verify";
    sign_in.state = to_base64url(crypto.random(9));
    sign_in.code_verifier = to_base64url(crypto.random(32));
    sign_in.code_challenge = to_base64url(as_view(crypto.sha256(sign_in.code_verifier)));
    return sign_in;
}

Result<std::string> get_code(const SignIn& sign_in) {
    step("the phone", "GET " + authorize_url(sign_in));
    auto answer = send_request({.url = authorize_url(sign_in), .source = sign_in.device});
    if (!answer) {
        return pass_on(answer);
    }
    const auto location = answer->field("Location");
    step("", std::to_string(answer->status) + " Location: " + location);
    auto code = query_value(location, "code");
    if (code.empty() || query_value(location, "state") != sign_in.state) {
        return fail(ErrorCode::invalid_value, "the phone was not signed in: " + answer->body);
    }
    return code;
}

Result<std::string> get_token(const SignIn& sign_in, const std::string& code) {
    const ClientRequest request{
        .method = "POST",
        .url = sign_in.issuer + "/oauth2/token",
        .fields =
            {{"Authorization",
              "Basic " + to_base64(sign_in.client_id + ":" + sign_in.client_secret)},
             {"Content-Type", "application/x-www-form-urlencoded"}},
        .body = token_form(sign_in, code)};
    step("the provider", "POST " + request.url + "  grant_type=authorization_code&code=…");
    auto answer = send_request(request);
    if (!answer) {
        return pass_on(answer);
    }
    step("", std::to_string(answer->status) + " " + answer->body);
    auto token = member(answer->body, "access_token");
    if (token.empty()) {
        return fail(ErrorCode::invalid_value, "no token was given");
    }
    return token;
}

Result<ClientResponse> verify(const SignIn& sign_in, const std::string& token) {
    const ClientRequest request{
        .method = "POST",
        .url = sign_in.issuer + "/number-verification/v2/verify",
        .fields = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
        .body = std::string{"{\"phoneNumber\":\""} + kNumber + "\"}"};
    step("the provider", "POST " + request.url + "  " + request.body);
    auto answer = send_request(request);
    if (answer) {
        step("", std::to_string(answer->status) + " " + answer->body);
    }
    return answer;
}

}  // namespace

int demo(const Context& context) {
    const auto status = ask(context.socket, "GET", "/v1/status");
    if (!status) {
        return give_up(status.error().detail + "\nstart one with: numproofd --sandbox");
    }
    const auto sign_in = sign_in_at(member(*status, "issuer"));
    const auto code = get_code(sign_in);
    if (!code) {
        return give_up(code.error().detail);
    }
    const auto token = get_token(sign_in, *code);
    if (!token) {
        return give_up(token.error().detail);
    }
    const auto first = verify(sign_in, *token);
    if (!first || first->status != 200) {
        return give_up("the number was not verified");
    }
    step("", "a token gives one answer:");
    const auto second = verify(sign_in, *token);
    return second && second->status == 401 ? kExitOk : give_up("the token was good twice");
}

}  // namespace numproof::ctl
