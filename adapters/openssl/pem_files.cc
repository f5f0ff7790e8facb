// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/pem_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "adapters/openssl/tls_files.h"
#include "daemon/base/freer.h"

namespace numproof {
namespace {

using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

tl::unexpected<Error> refuse(const std::string& file, const std::string& why) {
    ERR_clear_error();
    return fail(ErrorCode::invalid_configuration, file + ": " + why);
}

/// Gives OpenSSL the password; without this it would ask the terminal.
int give_password(char* into, int size, int, void* password) {
    const auto text = static_cast<const PemPassword*>(password)->reveal();
    if (text.empty() || std::cmp_greater(text.size(), size)) {
        return -1;
    }
    std::memcpy(into, text.data(), text.size());
    return static_cast<int>(text.size());
}

X509Ptr next_certificate(BIO* from) {
    PemPassword none;
    return X509Ptr{PEM_read_bio_X509(from, nullptr, give_password, &none)};
}

bool is_over(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0;
}

bool has_begun(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(&certificate)) < 0;
}

Result<BioPtr> open_file(const std::string& file) {
    errno = 0;
    BioPtr opened{BIO_new_file(file.c_str(), "r")};
    if (!opened) {
        return refuse(file, std::generic_category().message(errno));
    }
    return opened;
}

Result<void> check_authorities(const std::string& file) {
    auto opened = open_file(file);
    if (!opened) {
        return pass_on(opened);
    }
    int count = 0;
    bool valid = false;
    while (const auto one = next_certificate(opened->get())) {
        ++count;
        valid = valid || (has_begun(*one) && !is_over(*one));
    }
    if (count == 0) {
        return refuse(file, "has no certificate in PEM");
    }
    if (!valid) {
        return refuse(file, "none of its certificates is valid today");
    }
    ERR_clear_error();
    return {};
}

Result<X509Ptr> read_own(const std::string& file) {
    auto opened = open_file(file);
    if (!opened) {
        return pass_on(opened);
    }
    auto own = next_certificate(opened->get());
    if (!own) {
        return refuse(file, "has no certificate in PEM");
    }
    if (is_over(*own)) {
        return refuse(file, "the certificate has expired");
    }
    if (!has_begun(*own)) {
        return refuse(file, "the certificate is not valid yet");
    }
    return own;
}

Result<void> check_key(const PemFiles& files, const X509& own, PemPassword password) {
    auto opened = open_file(files.key);
    if (!opened) {
        return pass_on(opened);
    }

    struct stat found {};

    if (stat(files.key.c_str(), &found) == 0 && (found.st_mode & (S_IROTH | S_IWOTH)) != 0) {
        return refuse(files.key, "everybody can read it: chmod o-rwx");
    }
    const KeyPtr key{PEM_read_bio_PrivateKey(opened->get(), nullptr, give_password, &password)};
    if (!key) {
        return refuse(
            files.key,
            password.empty() ? "has no private key in PEM that needs no password"
                             : "has no private key in PEM that the password opens"
        );
    }
    if (X509_check_private_key(&own, key.get()) != 1) {
        return refuse(files.key, "is not the key of " + files.certificate);
    }
    return {};
}

}  // namespace

Result<void> check_pem_files(const PemFiles& files, const PemPassword& password) {
    if (!files.authorities.empty()) {
        if (auto good = check_authorities(files.authorities); !good) {
            return good;
        }
    }
    if (files.certificate.empty()) {
        return {};
    }
    auto own = read_own(files.certificate);
    if (!own) {
        return pass_on(own);
    }
    return check_key(files, **own, password);
}

Result<WallTime> first_end_in(const std::string& file) {
    auto opened = open_file(file);
    if (!opened) {
        return pass_on(opened);
    }
    auto one = next_certificate(opened->get());
    if (!one) {
        return refuse(file, "has no certificate in PEM");
    }
    auto first = end_of(*one);
    while ((one = next_certificate(opened->get()))) {
        first = std::min(first, end_of(*one));
    }
    ERR_clear_error();
    return first;
}

}  // namespace numproof
