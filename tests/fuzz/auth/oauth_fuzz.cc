// SPDX-License-Identifier: Apache-2.0
// First line: `Authorization`. Second line: claims of a client assertion. The rest: parameters, as
// a query and as a form, in which CODE stands for a fresh code and JWS for the signed claims.
//
// What the parts of a request are read as must hold by itself: forms, scopes, assertions. Then the
// whole server is asked: it sends a browser only to a registered address, says the same to GET and
// POST, gives a token only to who has proved to be the code's client, and only once.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/auth/client_assertion.h"
#include "daemon/auth/scope_request.h"
#include "daemon/base/check.h"
#include "tests/fuzz/auth/oauth_stand.h"

namespace numproof {
namespace {

/// Whatever a form parser accepts, writing its text anew and reading that gives the same text.
void check_form(std::string_view text) {
    if (const auto decoded = decode_form_text(text)) {
        NP_CHECK(decoded->size() <= text.size());
        NP_CHECK(decode_form_text(encode_query_text(*decoded)).value() == *decoded);
    }
    NP_CHECK(decode_form_text(encode_query_text(text)).value() == text);
    if (const auto form = Form::parse(text)) {
        for (const auto* const name : {"client_id", "state", "scope", "code"}) {
            NP_CHECK(form->has_repeats() || !form->repeats(name));
            const auto value = form->find(name);
            NP_CHECK(!value || !value->empty());
        }
    }
}

/// No more is granted than the client is registered for, and what is granted reads the same when
/// it is asked for again.
void check_scope(std::string_view text, const Client& client) {
    const auto request = read_scope(text, client);
    if (!request) {
        NP_CHECK(request.error().error == OAuthError::invalid_scope);
        NP_CHECK(!request.error().reason.empty());
        return;
    }
    NP_CHECK(client.scopes.includes(request->scopes) && request->scopes.has_api_scope());
    NP_CHECK(std::ranges::count(client.purposes, request->purpose) == 1);
    const auto again = read_scope(request->text, client);
    NP_CHECK(again && again->text == request->text && again->scopes == request->scopes);
}

/// Claims that are accepted live at most 300 s and have a name to be remembered by.
void check_claims(std::string_view claims) {
    static const std::array<std::string, 1> kAudiences{"https://idp.example.com"};
    const auto now = FakeClock{}.wall_now();
    const auto good =
        check_assertion(claims, {.client_id = "jwt", .audiences = kAudiences, .now = now});
    if (good) {
        NP_CHECK(!good->jti.empty());
        NP_CHECK(good->not_after > now && good->not_after <= now + Milliseconds{300000});
        NP_CHECK(claimed_subject(fake_jws(claims, "any")) == "jwt");
    }
    static_cast<void>(claimed_subject(claims));
    static_cast<void>(claimed_subject(fake_jws(claims, "any")));
}

std::string_view field_of(const http::Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.fields) {
        if (http::equal_ignoring_case(name, wanted)) {
            return value;
        }
    }
    return {};
}

/// Nothing of what a caller says may end a field or begin another one.
void check_fields(const http::Response& response) {
    for (const auto& [name, value] : response.fields) {
        NP_CHECK(std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; }));
        NP_CHECK(std::ranges::all_of(name, [](char c) { return c > ' ' && c != ':' && c < '\x7f'; })
        );
    }
}

/// What was added to the registered address in a redirect.
std::string_view added_parameters(std::string_view location, std::string_view client_id) {
    const auto client = oauth_clients().find(client_id);
    NP_CHECK(client != oauth_clients().end());
    for (const auto& uri : client->second.redirect_uris) {
        if (location.starts_with(uri) && location.size() > uri.size()) {
            const char sign = uri.find('?') == std::string::npos ? '?' : '&';
            if (location[uri.size()] == sign) {
                return location.substr(uri.size() + 1);
            }
        }
    }
    NP_CHECK(false);
}

void check_code_request(const Form& form, const Client& client) {
    NP_CHECK(!form.has_repeats() && form.find("response_type") == "code");
    NP_CHECK(!form.find("request") && !form.find("request_uri"));
    NP_CHECK(client.pkce == Client::Pkce::optional || form.find("code_challenge"));
    NP_CHECK(!form.find("code_challenge") || form.find("code_challenge_method") == "S256");
}

void check_redirect(std::string_view parameters, std::string_view location) {
    const auto form = Form::parse(parameters);
    NP_CHECK(form && !form->repeats("client_id") && !form->repeats("redirect_uri"));
    const auto id = form->find("client_id").value_or("");
    const auto added = Form::parse(added_parameters(location, id));
    NP_CHECK(added && !added->has_repeats());
    const bool granted = added->find("code").has_value();
    NP_CHECK(granted != added->find("error").has_value());
    const auto state = form->find("state");
    NP_CHECK(
        form->repeats("state") || state.value_or("").size() > 512 || added->find("state") == state
    );
    if (granted) {
        check_code_request(*form, oauth_clients().find(id)->second);
    }
}

void check_authorize(OauthStand& stand, std::string_view parameters) {
    const auto before = stand.audit_log().entries().size();
    const auto got = stand.authorize(http::Method::get, parameters);
    const auto posted = stand.authorize(http::Method::post, parameters);
    check_fields(got);
    const auto location = field_of(got, "location");
    NP_CHECK(got.status == posted.status && got.body == posted.body);
    NP_CHECK(got.status == 302 || got.status == 400);
    NP_CHECK((got.status == 302) == !location.empty());
    if (got.status == 302) {
        check_redirect(parameters, location);
        NP_CHECK(stand.audit_log().entries().size() == before + 2);
    }
}

/// `text` with every `name` replaced by `value`.
std::string filled(std::string text, std::string_view name, std::string_view value) {
    for (auto at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size())) {
        text.replace(at, name.size(), value);
    }
    return text;
}

/// A token was given for `form`: by it, its sender must have proved to be `app`.
void check_grant(std::string_view body, std::string_view code, std::string_view authorization) {
    const auto form = Form::parse(body);
    NP_CHECK(form && !form->has_repeats());
    NP_CHECK(form->find("grant_type") == "authorization_code" && form->find("code") == code);
    NP_CHECK(form->find("redirect_uri") == "https://app.example/cb");
    NP_CHECK(form->find("code_verifier") == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    const bool by_form =
        form->find("client_id") == "app" && form->find("client_secret") == "s3cret";
    NP_CHECK(by_form == authorization.empty());
    if (!by_form) {
        const auto decoded = parse_base64(authorization.substr(authorization.find(' ') + 1));
        NP_CHECK(decoded && decoded->find(':') != std::string::npos);
        const auto secret = decode_form_text(decoded->substr(decoded->find(':') + 1));
        NP_CHECK(secret && *secret == "s3cret");
    }
}

void check_token(OauthStand& stand, std::string_view parameters, std::string_view authorization) {
    const auto code = stand.new_code();
    const auto body = filled(std::string{parameters}, "CODE", code);
    const auto first = stand.token(body, authorization);
    check_fields(first);
    NP_CHECK(first.status == 200 || first.status == 400 || first.status == 401);
    const bool challenged = !field_of(first, "www-authenticate").empty();
    NP_CHECK(challenged == (first.status == 401 && !authorization.empty()));
    if (first.status == 200) {
        NP_CHECK(first.body.find("\"access_token\"") != std::string::npos);
        check_grant(body, code, authorization);
    }
    const auto second = stand.token(body, authorization);
    NP_CHECK(second.status != 200);
    const auto revoked = stand.revoke(body, authorization);
    check_fields(revoked);
    NP_CHECK(revoked.status == 200 || revoked.status == 400 || revoked.status == 401);
}

/// Cuts a line off the front.
std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void check(std::string_view input) {
    const auto authorization = take_line(input);
    const auto claims = take_line(input);
    check_form(input);
    check_claims(claims);
    if (const auto form = Form::parse(input)) {
        for (const auto& [id, client] : oauth_clients()) {
            check_scope(form->find("scope").value_or(""), client);
        }
    }
    OauthStand stand;
    const auto parameters = filled(std::string{input}, "JWS", fake_jws(claims, "jwt-key"));
    check_authorize(stand, parameters);
    check_token(stand, parameters, authorization);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    numproof::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
