// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/tls_server_context.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "adapters/openssl/tls_files.h"

namespace numproof {
namespace {

using Mode = TlsServerContext::ClientCertificate;

// RFC 9325, section 4.2.
constexpr const char* kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// Without it a client that shows a certificate and resumes would be refused; nobody resumes here.
constexpr std::string_view kSessionContext = "numproof";

bool set_server_rules(SSL_CTX& context, bool only_tls13) {
    // Only what stands in the certificate's file is shown, not what callers are believed by.
    SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    const auto* const name = reinterpret_cast<const unsigned char*>(kSessionContext.data());
    return set_tls_rules(context, only_tls13) && SSL_CTX_set_num_tickets(&context, 0) == 1 &&
           SSL_CTX_set_cipher_list(&context, kCiphersOfTls12) == 1 &&
           SSL_CTX_set_session_id_context(&context, name, kSessionContext.size()) == 1;
}

Result<void> admit_callers(SSL_CTX& context, const TlsServerContext::Settings& settings) {
    if (settings.client_certificate == Mode::none) {
        return {};
    }
    const auto& file = settings.client_ca_file;
    if (auto loaded = load_authorities(context, file); !loaded) {
        return loaded;
    }
    // Callers with several certificates choose by these names.
    auto* const names = SSL_load_client_CA_file(file.c_str());
    if (names == nullptr) {
        return fail(ErrorCode::invalid_configuration, file + ": " + openssl_reason());
    }
    SSL_CTX_set_client_CA_list(&context, names);
    const int must =
        settings.client_certificate == Mode::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | must, nullptr);
    return {};
}

std::vector<const X509*> believed_by(const SSL_CTX& context) {
    std::vector<const X509*> believed;
    auto* const found = X509_STORE_get0_objects(SSL_CTX_get_cert_store(&context));
    for (int i = 0; i < sk_X509_OBJECT_num(found); ++i) {
        if (const auto* one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(found, i))) {
            believed.push_back(one);
        }
    }
    return believed;
}

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string_view digest_of(const X509& certificate, Digest& into) {
    unsigned int size = 0;
    X509_digest(&certificate, EVP_sha256(), into.data(), &size);
    return {reinterpret_cast<const char*>(into.data()), size};
}

/// Digests one after the other; authorities in an order of their own, for a store has none.
std::string fingerprint_of(const SSL_CTX& context) {
    Digest digest{};
    std::string print;
    for (const auto* one : certificates_shown_by(context)) {
        print += digest_of(*one, digest);
    }
    std::vector<std::string> others;
    for (const auto* one : believed_by(context)) {
        others.emplace_back(digest_of(*one, digest));
    }
    std::ranges::sort(others);
    print += '/';
    for (const auto& one : others) {
        print += one;
    }
    return print;
}

}  // namespace

void TlsServerContext::ContextFreer::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

TlsServerContext::TlsServerContext(
    Context context, WallTime expires, std::string fingerprint
) noexcept
    : context_(std::move(context)), expires_(expires), fingerprint_(std::move(fingerprint)) {}

TlsServerContext::~TlsServerContext() = default;

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::make(const Settings& settings) {
    ERR_clear_error();
    Context context{SSL_CTX_new(TLS_server_method())};
    if (!context || !set_server_rules(*context, settings.only_tls13)) {
        return fail(ErrorCode::io_failure, "TLS: " + openssl_reason());
    }
    if (auto loaded = load_identity(*context, settings.certificate_file, settings.key_file);
        !loaded) {
        return pass_on(loaded);
    }
    if (auto loaded = admit_callers(*context, settings); !loaded) {
        return pass_on(loaded);
    }
    const auto expires = first_end_shown_by(*context);
    auto print = fingerprint_of(*context);
    return std::shared_ptr<const TlsServerContext>{
        new TlsServerContext{std::move(context), expires, std::move(print)}};
}

}  // namespace numproof
