// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/clients.h"

namespace numproof {

/// A file of clients that must be refused, and all that must be said about it.
struct BadClients {
    const char* what;
    const char* yaml;
    const char* messages;
};

/// `hunter2-Pa55w0rd` is a secret that somebody put into a wrong place: no message repeats it.
inline constexpr BadClients kBadClients[] = {
    {"a mapping", "clients: []\n", "f.yaml:1:1: clients must be a list\n"},
    {"a client of nothing",
     "- {}\n",
     "f.yaml:1:3: clients[0].auth.methods is missing\n"
     "f.yaml:1:3: clients[0].id is missing\n"
     "f.yaml:1:3: clients[0].purposes is missing\n"
     "f.yaml:1:3: clients[0].redirect_uris is missing\n"
     "f.yaml:1:3: clients[0].scopes is missing\n"},
    {"an unknown key",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  redirect_uri: x\n",
     "f.yaml:6:3: unknown key \"redirect_uri\" in clients[0] (did you mean \"redirect_uri"
     "s\"?)\n"},
    {"an id twice",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:6:7: another client has this id already\n"},
    {"an unknown scope",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verfy\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:4:20: clients[0].scopes[1] must be one of openid, number-verification:ver"
     "ify, number-verification:device-phone-number:read (did you mean \"number-verifica"
     "tion:verify\"?)\n"},
    {"a purpose without its prefix",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"FraudPreventionAndDetection\"]\n",
     "f.yaml:5:14: clients[0].purposes[0] must be a purpose of the W3C Data Privacy Vo"
     "cabulary, as dpv:FraudPreventionAndDetection\n"},
    {"a redirect URI with a fragment",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb#x\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:3:19: clients[0].redirect_uris[0] must not have a fragment (RFC 6749 sect"
     "ion 3.1.2)\n"},
    {"a redirect URI that is relative",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:3:19: clients[0].redirect_uris[0] must be an absolute URI\n"},
    {"a redirect URI that is a program",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"javascript:alert(1)\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:3:19: clients[0].redirect_uris[0] must be an absolute URI\n"},
    {"a plain text secret",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret: hunter2-Pa55w0rd}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:9: auth.methods with client_secret_* need auth.secret_hash\n"
     "f.yaml:2:42: \"secret\": a secret is never written here (did you mean \"secret_hash"
     "\"?)\n"},
    {"a secret in the place of its hash",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"hunter2-Pa55w0rd\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:55: clients[0].auth.secret_hash must be a hash as `numproofctl client s"
     "ecret` writes it (sha256$...), never the secret\n"},
    {"an unknown method",
     "- id: a\n"
     "  auth: {methods: [client_secret_jwt], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAAAA"
     "AA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:20: clients[0].auth.methods[0] must be one of client_secret_basic, clie"
     "nt_secret_post, private_key_jwt (did you mean \"client_secret_post\"?)\n"},
    {"no secret",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic]}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:9: auth.methods with client_secret_* need auth.secret_hash\n"},
    {"no key",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt]}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:9: auth.methods with private_key_jwt need auth.jwks\n"},
    {"a hash that nobody uses",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAAAAAA"
     "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:9: auth.methods with private_key_jwt need auth.jwks\n"
     "f.yaml:2:51: auth.secret_hash is used with client_secret_* only\n"},
    {"a key that nobody uses",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], jwks: {keys: [{kty: EC, crv: P-256, x: "
     "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCySt"
     "ikYjKIWI5a0}]}, secret_hash: \"sha256$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:48: auth.jwks is used with private_key_jwt only\n"},
    {"keys by address",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], jwks_uri: \"https://a.example/jwks\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:48: clients[0].auth.jwks_uri is not supported by this version\n"},
    {"a private key",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], jwks: {keys: [{kty: EC, crv: P-256, x: f83O"
     "J3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYj"
     "KIWI5a0, d: hunter2-Pa55w0rd}]}}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:170: \"d\": a private key is never written here; keep the public members "
     "only, and treat this key as lost\n"},
    {"a key of another kind",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], jwks: {keys: [{kty: RSA, n: AQAB, e: AQAB}]"
     "}}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:52: clients[0].auth.jwks.keys[0].crv is missing\n"
     "f.yaml:2:52: clients[0].auth.jwks.keys[0].x is missing\n"
     "f.yaml:2:52: clients[0].auth.jwks.keys[0].y is missing\n"
     "f.yaml:2:58: clients[0].auth.jwks.keys[0].kty must be EC\n"},
    {"a key with a short coordinate",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], jwks: {keys: [{kty: EC, crv: P-256, x: AAAA"
     ", y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0}]}}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:77: clients[0].auth.jwks.keys[0].x must be 32 octets in base64url witho"
     "ut padding\n"},
    {"two keys without names",
     "- id: a\n"
     "  auth: {methods: [private_key_jwt], jwks: {keys: [{kty: EC, crv: P-256, x: f83O"
     "J3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYj"
     "KIWI5a0}, {kty: EC, crv: P-256, x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, "
     "y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0}]}}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n",
     "f.yaml:2:52: several keys must have a kid each, and different ones\n"
     "f.yaml:2:171: several keys must have a kid each, and different ones\n"},
    {"a grant that is not there yet",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  grants: [authorization_code, \"urn:openid:params:grant-type:ciba\"]\n",
     "f.yaml:6:32: clients[0].grants[1] urn:openid:params:grant-type:ciba is not suppo"
     "rted by this version\n"},
    {"signed requests",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  request_object: required\n",
     "f.yaml:6:19: clients[0].request_object required is not supported by this version"
     "\n"},
    {"a default scope that is not allowed",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  default_scopes: [\"number-verification:device-phone-number:read\"]\n",
     "f.yaml:6:20: default_scopes must be among scopes\n"},
    {"a default purpose that is not allowed",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  default_purpose: \"dpv:Marketing\"\n",
     "f.yaml:6:20: default_purpose must be among purposes\n"},
    {"a word for a truth",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  legacy_scopes: accepted\n",
     "f.yaml:6:18: clients[0].legacy_scopes must be true or false\n"},
    {"a rate without a burst",
     "- id: a\n"
     "  auth: {methods: [client_secret_basic], secret_hash: \"sha256$AAAAAAAAAAAAAAAAAA"
     "AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n"
     "  redirect_uris: [\"https://a.example/cb\"]\n"
     "  scopes: [openid, \"number-verification:verify\"]\n"
     "  purposes: [\"dpv:FraudPreventionAndDetection\"]\n"
     "  rate: {rate: 5}\n",
     "f.yaml:6:9: clients[0].rate.burst is missing\n"},
};

}  // namespace numproof
