// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

struct ssl_ctx_st;

namespace numproof {

/// How one listener speaks TLS: who we are, and who may call. TLS 1.2 with forward secrecy and
/// AEAD, and 1.3 (RFC 9325); no renegotiation, compression, resumption or tickets. Immutable, any
/// thread.
class TlsServerContext {
public:
    /// Whether callers show a certificate of one of the authorities.
    enum class ClientCertificate : std::uint8_t { none, optional, required };

    /// Files are PEM.
    struct Settings {
        std::string certificate_file;  ///< Ours, then those between it and its authority.
        std::string key_file;          ///< Our private key, without a password.
        std::string client_ca_file;    ///< Who may have issued callers' certificates; empty: none.
        ClientCertificate client_certificate = ClientCertificate::none;
        bool only_tls13 = false;
    };

    /// Reads the files. Blocking. `invalid_configuration` begins with the name of the file that is
    /// missing, no PEM, too weak, not valid today, open to everybody, or that does not fit.
    [[nodiscard]] static Result<std::shared_ptr<const TlsServerContext>> make(
        const Settings& settings
    );

    ~TlsServerContext();
    TlsServerContext(const TlsServerContext&) = delete;
    TlsServerContext& operator=(const TlsServerContext&) = delete;

    /// For who needs it longer than this lives: SSL_CTX_up_ref().
    [[nodiscard]] ssl_ctx_st& get() const noexcept { return *context_; }

    /// When the first of the certificates that we show ends.
    [[nodiscard]] WallTime expires() const noexcept { return expires_; }

    /// Another one when the certificates that we show or believe are others. For comparison only.
    [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }

private:
    struct ContextFreer {
        void operator()(ssl_ctx_st* context) const noexcept;
    };

    using Context = std::unique_ptr<ssl_ctx_st, ContextFreer>;

    TlsServerContext(Context context, WallTime expires, std::string fingerprint) noexcept;

    Context context_;
    WallTime expires_;
    std::string fingerprint_;
};

}  // namespace numproof
