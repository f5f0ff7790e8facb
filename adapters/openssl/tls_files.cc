// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/tls_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/freer.h"

namespace numproof {
namespace {

using FilePtr = std::unique_ptr<std::FILE, Freer<std::fclose>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;

// What NIST SP 800-57 calls 112 bits of strength: SSL_CTX_set_security_level(3).
constexpr int kSecurityLevel = 2;

tl::unexpected<Error> refuse(const std::string& file, const std::string& why) {
    ERR_clear_error();
    return fail(ErrorCode::invalid_configuration, file + ": " + why);
}

// A private key with a password would make OpenSSL ask the terminal for it.
int no_password(char*, int, int, void*) {
    return -1;
}

Result<void> check_readable(const std::string& file, mode_t forbidden) {
    struct stat found {};

    // Opening a pipe would wait for somebody who writes.
    const int opened = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool known = opened >= 0 && fstat(opened, &found) == 0;
    const int error = errno;
    if (opened >= 0) {
        close(opened);
    }
    if (!known) {
        return refuse(file, std::generic_category().message(error));
    }
    if (!S_ISREG(found.st_mode)) {
        return refuse(file, "is not a file");
    }
    if ((found.st_mode & forbidden) != 0) {
        return refuse(file, "everybody can read it: chmod o-rwx");
    }
    return {};
}

// A time that cannot be read compares as 0: such a certificate is over, and has not begun.
bool is_over(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notAfter(&certificate)) <= 0;
}

bool has_begun(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(&certificate)) < 0;
}

bool has_valid_certificate(const std::string& file) {
    const FilePtr opened{std::fopen(file.c_str(), "re")};
    bool valid = false;
    while (opened && !valid) {
        const X509Ptr read{PEM_read_X509(opened.get(), nullptr, no_password, nullptr)};
        if (!read) {
            break;
        }
        valid = has_begun(*read) && !is_over(*read);
    }
    ERR_clear_error();
    return valid;
}

std::string which(const X509* certificate, const std::vector<const X509*>& chain) {
    return certificate == chain.front() ? "the certificate" : "a certificate of its chain";
}

Result<void> load_certificate(SSL_CTX& context, const std::string& file) {
    if (auto readable = check_readable(file, 0); !readable) {
        return readable;
    }
    if (SSL_CTX_use_certificate_chain_file(&context, file.c_str()) != 1) {
        return refuse(file, "has no usable certificate in PEM: " + openssl_reason());
    }
    const auto shown = certificates_shown_by(context);
    const auto over = std::ranges::find_if(shown, [](const X509* one) { return is_over(*one); });
    if (over != shown.end()) {
        return refuse(file, which(*over, shown) + " has expired");
    }
    const auto early =
        std::ranges::find_if_not(shown, [](const X509* one) { return has_begun(*one); });
    if (early != shown.end()) {
        return refuse(file, which(*early, shown) + " is not valid yet");
    }
    return {};
}

}  // namespace

bool set_tls_rules(ssl_ctx_st& context, bool only_tls13) {
    constexpr auto kOptions = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET;
    SSL_CTX_set_options(&context, kOptions);
    // What waits to be sent moves about in libevent's buffers between two attempts.
    SSL_CTX_set_mode(&context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(&context, no_password);
    SSL_CTX_set_security_level(&context, kSecurityLevel);
    const int oldest = only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    return SSL_CTX_set_min_proto_version(&context, oldest) == 1;
}

std::vector<const x509_st*> certificates_shown_by(const ssl_ctx_st& context) {
    std::vector<const X509*> shown{SSL_CTX_get0_certificate(&context)};
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(const_cast<SSL_CTX*>(&context), &chain);
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        shown.push_back(sk_X509_value(chain, i));
    }
    return shown;
}

WallTime end_of(const x509_st& certificate) {
    std::tm utc{};
    ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &utc);
    return WallTime{std::chrono::seconds{timegm(&utc)}};
}

WallTime first_end_shown_by(const ssl_ctx_st& context) {
    const auto shown = certificates_shown_by(context);
    return end_of(**std::ranges::min_element(shown, {}, [](const X509* one) {
        return end_of(*one);
    }));
}

Result<void> load_authorities(ssl_ctx_st& context, const std::string& file) {
    if (auto readable = check_readable(file, 0); !readable) {
        return readable;
    }
    if (SSL_CTX_load_verify_file(&context, file.c_str()) != 1) {
        return refuse(file, "has no certificate in PEM: " + openssl_reason());
    }
    if (!has_valid_certificate(file)) {
        return refuse(file, "none of its certificates is valid today");
    }
    return {};
}

Result<void> load_identity(
    ssl_ctx_st& context, const std::string& certificate_file, const std::string& key_file
) {
    if (auto loaded = load_certificate(context, certificate_file); !loaded) {
        return loaded;
    }
    if (auto readable = check_readable(key_file, S_IROTH | S_IWOTH); !readable) {
        return readable;
    }
    if (SSL_CTX_use_PrivateKey_file(&context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
            return refuse(key_file, "is not the key of " + certificate_file);
        }
        return refuse(
            key_file, "has no private key in PEM without a password: " + openssl_reason()
        );
    }
    if (SSL_CTX_check_private_key(&context) != 1) {
        return refuse(key_file, "is not the key of " + certificate_file);
    }
    return {};
}

std::string openssl_reason() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* const reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "OpenSSL gives no reason";
}

}  // namespace numproof
