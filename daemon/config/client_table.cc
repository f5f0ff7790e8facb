// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/config/setting_table.h"

namespace numproof {
namespace {

using enum SettingType;

constexpr std::array kJwk{
    Setting{.key = "kty", .type = choice, .doc = "Type of key.", .choices = "EC"},
    Setting{.key = "crv", .type = choice, .doc = "Its curve.", .choices = "P-256"},
    Setting{.key = "x", .type = text, .doc = "Its x coordinate.", .form = text_form::coordinate},
    Setting{.key = "y", .type = text, .doc = "Its y coordinate.", .form = text_form::coordinate},
    Setting{
        .key = "kid",
        .type = text,
        .fallback = "null",
        .doc = "Its name; may be left out when the client has one key.",
        .nullable = Nullable::yes},
    Setting{.key = "use", .type = choice, .fallback = "sig", .doc = "What for.", .choices = "sig"},
    Setting{
        .key = "alg",
        .type = choice,
        .fallback = "ES256",
        .doc = "Signature algorithm.",
        .choices = "ES256"},
};

constexpr std::array kJwks{
    Setting{
        .key = "keys",
        .type = entries,
        .doc = "Public keys as JSON Web Keys (RFC 7517).",
        .range = {"1", "16"},
        .members = kJwk},
};

constexpr std::array kClientAuth{
    Setting{
        .key = "methods",
        .type = choices,
        .doc = "How the client proves who it is at the token endpoint.",
        .range = {"1", "3"},
        .choices = "client_secret_basic|client_secret_post|private_key_jwt"},
    Setting{
        .key = "secret_hash",
        .type = text,
        .fallback = "null",
        .doc = "As numproofctl client secret writes it; with client_secret_basic and "
               "client_secret_post.",
        .nullable = Nullable::yes,
        .form = text_form::secret_hash},
    Setting{
        .key = "jwks",
        .type = section,
        .fallback = "null",
        .doc = "With private_key_jwt.",
        .nullable = Nullable::yes,
        .members = kJwks},
    Setting{
        .key = "jwks_uri",
        .type = text,
        .fallback = "null",
        .doc = "Where the client publishes its keys. Not supported by this version: use jwks.",
        .nullable = Nullable::yes,
        .form = text_form::https_url,
        .unsupported = "*"},
};

constexpr std::array kRate{
    Setting{
        .key = "rate", .type = decimal, .doc = "Requests a second.", .range = {"0.001", "1000000"}},
    Setting{.key = "burst", .type = decimal, .doc = "Requests at once.", .range = {"1", "1000000"}},
};

constexpr std::array kClient{
    Setting{.key = "id", .type = text, .doc = "client_id.", .form = text_form::client_id},
    Setting{
        .key = "name",
        .type = text,
        .fallback = "null",
        .doc = "For people; null: the id.",
        .nullable = Nullable::yes},
    Setting{.key = "auth", .type = section, .doc = "Authentication.", .members = kClientAuth},
    Setting{
        .key = "redirect_uris",
        .type = texts,
        .doc = "Where codes may be sent, compared octet by octet; absolute, without fragment.",
        .range = {"1", "64"},
        .form = text_form::redirect_uri},
    Setting{
        .key = "scopes",
        .type = choices,
        .doc = "What the client may ask for.",
        .range = {"1", "3"},
        .choices = "openid|number-verification:verify|"
                   "number-verification:device-phone-number:read"},
    Setting{
        .key = "purposes",
        .type = texts,
        .doc = "Purposes that the client was onboarded for.",
        .range = {"1", "64"},
        .form = text_form::purpose},
    Setting{
        .key = "grants",
        .type = choices,
        .fallback = "[authorization_code]",
        .doc = "Grant types. This version does authorization_code only.",
        .range = {"1", "3"},
        .choices = "authorization_code|urn:openid:params:grant-type:ciba|"
                   "urn:ietf:params:oauth:grant-type:jwt-bearer",
        .unsupported = "urn:openid:params:grant-type:ciba|"
                       "urn:ietf:params:oauth:grant-type:jwt-bearer"},
    Setting{
        .key = "pkce",
        .type = choice,
        .fallback = "required",
        .doc = "Whether authorization requests must have a code challenge (RFC 7636).",
        .choices = "optional|required"},
    Setting{
        .key = "request_object",
        .type = choice,
        .fallback = "optional",
        .doc = "Whether authorization requests must be signed (RFC 9101). This version does not "
               "insist.",
        .choices = "optional|required",
        .unsupported = "required"},
    Setting{
        .key = "default_scopes",
        .type = choices,
        .fallback = "[]",
        .doc = "Taken where a request has no scope of the API; out of scopes.",
        .range = {"0", "3"},
        .choices = "openid|number-verification:verify|"
                   "number-verification:device-phone-number:read"},
    Setting{
        .key = "default_purpose",
        .type = text,
        .fallback = "null",
        .doc = "Taken where a request has no purpose; out of purposes.",
        .nullable = Nullable::yes,
        .form = text_form::purpose},
    Setting{
        .key = "accept_number_without_plus",
        .type = boolean,
        .fallback = "false",
        .doc = "Whether verify takes numbers without their +."},
    Setting{
        .key = "redirect_uri_at_token",
        .type = choice,
        .fallback = "exact",
        .doc = "redirect_uri at the token endpoint: as it was, as it was if it is there, or not "
               "looked at.",
        .choices = "exact|optional|ignored"},
    Setting{
        .key = "legacy_scopes",
        .type = boolean,
        .fallback = "false",
        .doc = "Whether the scope names and forms of contract 0.3 are taken too."},
    Setting{
        .key = "rate",
        .type = section,
        .fallback = "null",
        .doc = "Instead of http.rate_limits.per_client.",
        .nullable = Nullable::yes,
        .members = kRate},
};

constexpr Setting kClients{
    .key = "clients",
    .type = entries,
    .doc = "The clients.",
    .range = {"0", "10000"},
    .members = kClient};

}  // namespace

const Setting& client_table() noexcept {
    return kClients;
}

}  // namespace numproof
