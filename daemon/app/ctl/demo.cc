// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "adapters/curl/http_client.h"
#include "adapters/openssl/openssl_crypto.h"
#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/sign_in.h"
#include "daemon/app/ctl/text_member.h"
#include "daemon/app/ctl/watch.h"
#include "daemon/app/exit_codes.h"
#include "daemon/base/json_writer.h"

namespace numproof::ctl {
namespace {

constexpr const char* kNumber = "+34600000001";
constexpr const char* kPhone = "the phone";
constexpr const char* kProvider = "the provider";

/// Tells what is said on the way: a line each, or a JSON object a line.
class Play {
public:
    explicit Play(Format format) : format_(format) {}

    void step(const char* who, const std::string& what) const {
        if (format_ == Format::table) {
            std::printf("%-17s %s\n", who, what.c_str());
            return;
        }
        JsonWriter json;
        json.begin_object().key("who").text(who).key("what").text(what).end_object();
        std::printf("%s\n", json.take().c_str());
    }

    [[nodiscard]] Result<std::string> get_code(const SignIn& sign_in) const;
    [[nodiscard]] Result<std::string> get_token(const SignIn& sign_in, const std::string& code)
        const;
    [[nodiscard]] Result<ClientResponse> verify(const SignIn& sign_in, const std::string& token)
        const;

private:
    /// Sends what `who` asks and tells the answer.
    [[nodiscard]] Result<ClientResponse> ask(
        const char* who, const ClientRequest& request, const std::string& shown
    ) const {
        step(who, request.method + " " + request.url + shown);
        auto answer = send_request(request);
        if (answer) {
            const auto location = answer->field("Location");
            const auto& said = location.empty() ? answer->body : "Location: " + location;
            step("", std::to_string(answer->status) + " " + said);
        }
        return answer;
    }

    Format format_;
};

Result<SignIn> sign_in_at(const std::string& issuer) {
    auto discovery = send_request({.url = issuer + "/.well-known/openid-configuration"});
    if (!discovery) {
        return pass_on(discovery);
    }
    const OpensslCrypto crypto;
    SignIn sign_in;
    sign_in.issuer = issuer;
    sign_in.authorization_endpoint = text_member(discovery->body, "authorization_endpoint");
    sign_in.token_endpoint = text_member(discovery->body, "token_endpoint");
    sign_in.device = "127.0.10.1";
    sign_in.scope = "openid dpv:FraudPreventionAndDetection number-verification:verify";
    sign_in.state = to_base64url(crypto.random(9));
    sign_in.code_verifier = to_base64url(crypto.random(32));
    sign_in.code_challenge = to_base64url(as_view(crypto.sha256(sign_in.code_verifier)));
    return sign_in;
}

Result<std::string> Play::get_code(const SignIn& sign_in) const {
    auto answer =
        ask(kPhone, {.url = authorize_url(sign_in), .source = sign_in.device}, std::string{});
    if (!answer) {
        return pass_on(answer);
    }
    const auto location = answer->field("Location");
    auto code = query_value(location, "code");
    if (code.empty() || query_value(location, "state") != sign_in.state) {
        const auto why = query_value(location, "error_description");
        return fail(
            ErrorCode::invalid_value,
            "the phone was not signed in: " + (why.empty() ? answer->body : why) +
                "\nonly a sandbox knows this phone and this client: numproofd --sandbox"
        );
    }
    return code;
}

Result<std::string> Play::get_token(const SignIn& sign_in, const std::string& code) const {
    const ClientRequest request{
        .method = "POST",
        .url = sign_in.token_endpoint,
        .fields =
            {{"Authorization",
              "Basic " + to_base64(sign_in.client_id + ":" + sign_in.client_secret)},
             {"Content-Type", "application/x-www-form-urlencoded"}},
        .body = token_form(sign_in, code)};
    auto answer = ask(kProvider, request, "  grant_type=authorization_code&code=…");
    if (!answer) {
        return pass_on(answer);
    }
    auto token = text_member(answer->body, "access_token");
    if (token.empty()) {
        return fail(ErrorCode::invalid_value, "no token was given");
    }
    return token;
}

Result<ClientResponse> Play::verify(const SignIn& sign_in, const std::string& token) const {
    const ClientRequest request{
        .method = "POST",
        .url = sign_in.issuer + "/number-verification/v2/verify",
        .fields = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
        .body = std::string{"{\"phoneNumber\":\""} + kNumber + "\"}"};
    return ask(kProvider, request, "  " + request.body);
}

int give_up(const Error& error) {
    return complain_of(Error{.code = ErrorCode::invalid_value, .detail = error.detail});
}

int give_up(const std::string& why) {
    return give_up(Error{.code = ErrorCode::invalid_value, .detail = why});
}

}  // namespace

int demo(const Context& context) {
    const auto status = ask(context.socket, "GET", "/v1/status");
    if (!status) {
        const auto& error = status.error();
        return complain_of(
            {.code = error.code, .detail = error.detail + "\nstart one with: numproofd --sandbox"}
        );
    }
    const auto sign_in = sign_in_at(text_member(*status, "issuer"));
    if (!sign_in) {
        return give_up(sign_in.error());
    }
    const Play play{context.format};
    const auto code = play.get_code(*sign_in);
    if (!code) {
        return give_up(code.error());
    }
    const auto token = play.get_token(*sign_in, *code);
    if (!token) {
        return give_up(token.error());
    }
    const auto first = play.verify(*sign_in, *token);
    if (!first || first->status != 200) {
        return give_up("the number was not verified");
    }
    play.step("", "a token gives one answer:");
    const auto second = play.verify(*sign_in, *token);
    return second && second->status == 401 ? kExitOk : give_up("the token was good twice");
}

}  // namespace numproof::ctl
