// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

struct ssl_ctx_st;
struct x509_st;

namespace numproof {

/// What TLS contexts of both sides have in common: rules, and files in PEM. Every refusal is
/// `invalid_configuration` and begins with the file's name; nothing of its content is told.
/// Blocking; errors of OpenSSL do not stay in its queue.

/// TLS 1.2 or newer, or only 1.3; no renegotiation, compression, resumption or tickets; keys as
/// strong as 2048 bits of RSA. False: OpenSSL refuses, openssl_reason() says why.
[[nodiscard]] bool set_tls_rules(ssl_ctx_st& context, bool only_tls13);

/// Whom to believe: certificates, of which one at least is valid today.
[[nodiscard]] Result<void> load_authorities(ssl_ctx_st& context, const std::string& file);

/// Who we are: a certificate, then those between it and its authority, all valid today; and its
/// private key, without a password, which not everybody can read.
[[nodiscard]] Result<void> load_identity(
    ssl_ctx_st& context, const std::string& certificate_file, const std::string& key_file
);

/// The certificate of load_identity(), then those that are sent with it; they live in `context`.
[[nodiscard]] std::vector<const x509_st*> certificates_shown_by(const ssl_ctx_st& context);

/// When the first of those certificates ends. There must be one.
[[nodiscard]] WallTime first_end_shown_by(const ssl_ctx_st& context);

/// When a certificate ends.
[[nodiscard]] WallTime end_of(const x509_st& certificate);

/// What OpenSSL complained about last. Empties its queue: a leftover would be taken for the error
/// of the next call of this thread.
[[nodiscard]] std::string openssl_reason();

}  // namespace numproof
