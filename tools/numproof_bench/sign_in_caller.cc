// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/sign_in_caller.h"

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/base/bytes.h"

namespace numproof::bench {
namespace {

constexpr int kFound = 302;
constexpr int kOk = 200;

// The same for all: what it protects from is not measured, what it costs is.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Its endpoints are those on the request line.
ctl::SignIn sign_in_of(const SignInOptions& options, const std::string& path) {
    const auto base = path == "/" ? std::string{} : path;
    ctl::SignIn sign_in;
    sign_in.authorization_endpoint = base + "/oauth2/authorize";
    sign_in.token_endpoint = base + "/oauth2/token";
    sign_in.client_id = options.client;
    sign_in.client_secret = options.secret;
    sign_in.redirect_uri = options.redirect_uri;
    sign_in.scope = options.scope;
    sign_in.state = "bench";
    sign_in.code_verifier = kVerifier;
    sign_in.code_challenge = to_base64url(as_view(OpensslCrypto{}.sha256(kVerifier)));
    return sign_in;
}

}  // namespace

SignInCaller::SignInCaller(const SignInOptions& options, const Url& url)
    : sign_in_(sign_in_of(options, url.path)), devices_(options.load.connections) {
    const auto host = " HTTP/1.1\r\nHost: " + url.authority + "\r\n";
    authorize_ = "GET " + ctl::authorize_url(sign_in_) + host + "\r\n";
    const auto who =
        ctl::percent_encode(options.client) + ":" + ctl::percent_encode(options.secret);
    exchange_head_ = "POST " + sign_in_.token_endpoint + host + "Authorization: Basic " +
                     to_base64(who) +
                     "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
}

std::string_view SignInCaller::next(std::size_t connection) {
    auto& device = devices_[connection];
    if (device.code.empty()) {
        return authorize_;
    }
    const auto form = ctl::token_form(sign_in_, device.code);
    device.exchange = exchange_head_ + std::to_string(form.size()) + "\r\n\r\n" + form;
    return device.exchange;
}

void SignInCaller::take(
    std::size_t connection, const Response& response, std::chrono::nanoseconds latency
) {
    auto& device = devices_[connection];
    if (device.code.empty()) {
        take_code(device, response, latency);
    } else {
        take_token(device, response, latency);
    }
}

void SignInCaller::take_code(
    Device& device, const Response& response, std::chrono::nanoseconds latency
) {
    const auto location = field_of(response.head, "location");
    device.code = ctl::query_value(location, "code");
    if (response.status != kFound || device.code.empty()) {
        const auto error = ctl::query_value(location, "error");
        give_up(device, std::to_string(response.status) + (error.empty() ? "" : " " + error));
        return;
    }
    ++answers_[std::to_string(kFound)];
    codes_.add(latency);
    device.so_far = latency;
}

void SignInCaller::take_token(
    Device& device, const Response& response, std::chrono::nanoseconds latency
) {
    const bool has_token = response.body.find(R"("access_token":")") != std::string_view::npos;
    if (response.status != kOk || !has_token) {
        give_up(device, std::to_string(response.status));
        return;
    }
    ++answers_[std::to_string(kOk)];
    tokens_.add(latency);
    whole_.add(device.so_far + latency);
    device.code.clear();
}

void SignInCaller::give_up(Device& device, const std::string& answer) {
    ++answers_[answer];
    ++failed_;
    device.code.clear();
}

void SignInCaller::lose(std::size_t connection) {
    ++failed_;
    devices_[connection].code.clear();
}

void SignInCaller::fill(Report& report) const {
    report.more.emplace_back("http_requests", static_cast<double>(report.requests));
    report.requests = good() + failed_;
    report.answers = answers_;
    set_latencies(report, whole_);
    report.more.emplace_back("authorize_p50_us", codes_.quantile_us(0.50));
    report.more.emplace_back("authorize_p99_us", codes_.quantile_us(0.99));
    report.more.emplace_back("token_p50_us", tokens_.quantile_us(0.50));
    report.more.emplace_back("token_p99_us", tokens_.quantile_us(0.99));
}

}  // namespace numproof::bench
