// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/integration/config/bad_settings.h"

namespace numproof {

/// Listeners whose TLS must be refused.
inline constexpr BadSettings kBadListeners[] = {
    {"TLS on a listener without a key",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", tls: {certificate_file: /a}}]}\n",
     "f.yaml:1:47: http.listen[0].tls.key_file is missing\n"},
    {"TLS on a listener with a file next to it",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", tls: {certificate_file: a.pem, key_file: /b}}]}\n",
     "f.yaml:1:66: http.listen[0].tls.certificate_file must be an absolute path, or "
     "credential:NAME "
     "for a systemd credential\n"},
    {"TLS on a UNIX socket",
     Mode::sandbox,
     "http: {listen: [{address: \"unix:/a\", tls: {certificate_file: /a, key_file: /b}}]}\n",
     "f.yaml:1:43: http.listen[0].tls must be null: there is no TLS on UNIX sockets\n"},
    {"certificates of callers that nobody issues",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", tls: {certificate_file: /a, key_file: /b, "
     "client_certificate: required}}]}\n",
     "f.yaml:1:104: http.listen[0].tls.client_certificate required needs "
     "http.listen[0].tls.client_ca_file\n"},
    {"an issuer of callers that are not asked",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", tls: {certificate_file: /a, key_file: /b, "
     "client_ca_file: /c}}]}\n",
     "f.yaml:1:100: http.listen[0].tls.client_ca_file is for client_certificate optional or "
     "required only\n"},
    {"a listener's key by a credential where there are none",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", tls: {certificate_file: /a, key_file: "
     "\"credential:k\"}}]}\n",
     "f.yaml:1:80: http.listen[0].tls.key_file is a systemd credential, and there are none here: "
     "$CREDENTIALS_DIRECTORY is not set\n"},
};

}  // namespace numproof
