// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/sign_in.h"

#include <cstdint>

#include "daemon/base/bytes.h"

namespace numproof::ctl {
namespace {

bool is_unreserved(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            if (const auto octet = parse_hex(text.substr(i + 1, 2))) {
                decoded += *octet;
                i += 2;
                continue;
            }
        }
        decoded.push_back(text[i]);
    }
    return decoded;
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
        } else {
            encoded += "%" + to_hex({&c, 1});
        }
    }
    return encoded;
}

std::string query_value(std::string_view url, std::string_view name) {
    auto rest = url.substr(std::min(url.find('?'), url.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1);  // '?' or '&'
        const auto pair = rest.substr(0, rest.find('&'));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return percent_decode(pair.substr(equals + 1));
        }
        rest.remove_prefix(pair.size());
    }
    return {};
}

std::string authorize_url(const SignIn& sign_in) {
    return sign_in.authorization_endpoint + "?response_type=code" +
           "&client_id=" + percent_encode(sign_in.client_id) +
           "&redirect_uri=" + percent_encode(sign_in.redirect_uri) +
           "&scope=" + percent_encode(sign_in.scope) + "&state=" + percent_encode(sign_in.state) +
           "&code_challenge=" + sign_in.code_challenge + "&code_challenge_method=S256";
}

std::string token_form(const SignIn& sign_in, std::string_view code) {
    return "grant_type=authorization_code&code=" + percent_encode(code) +
           "&redirect_uri=" + percent_encode(sign_in.redirect_uri) +
           "&code_verifier=" + sign_in.code_verifier;
}

}  // namespace numproof::ctl
