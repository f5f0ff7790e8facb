// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_tls.h"

#include <utility>

#include <arpa/inet.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "adapters/openssl/tls_files.h"
#include "daemon/base/freer.h"

namespace numproof {
namespace {

using SslPtr = std::unique_ptr<SSL, Freer<SSL_free>>;

/// Changes whenever one of the files does.
std::string stamp_of(const RedisTls::Settings& settings) {
    std::string stamp;
    for (const auto* file : {&settings.ca_file, &settings.certificate_file, &settings.key_file}) {
        struct stat found {};

        if (!file->empty() && stat(file->c_str(), &found) == 0) {
            for (const auto part : {found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size}) {
                stamp += std::to_string(part) + " ";
            }
            stamp += std::to_string(found.st_ino);
        }
        stamp += ",";
    }
    return stamp;
}

bool is_address(const std::string& host) noexcept {
    in6_addr octets{};
    return inet_pton(AF_INET, host.c_str(), &octets) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &octets) == 1;
}

/// The peer has to prove that it is `host`. An address is not sent as a name: RFC 6066 section 3.
bool expect_host(SSL* session, const std::string& host) {
    if (is_address(host)) {
        auto* const parameters = SSL_get0_param(session);
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    }
    SSL_set_hostflags(
        session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
    );
    // SSL_set_tlsext_host_name(), whose macro casts as C does.
    auto* const name = const_cast<char*>(host.c_str());
    constexpr int kCommand = SSL_CTRL_SET_TLSEXT_HOSTNAME;
    return SSL_set1_host(session, host.c_str()) == 1 &&
           SSL_ctrl(session, kCommand, TLSEXT_NAMETYPE_host_name, name) == 1;
}

}  // namespace

void RedisTls::ContextFreer::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

RedisTls::RedisTls(Context context, Settings settings, std::string stamp) noexcept
    : settings_(std::move(settings)), context_(std::move(context)), stamp_(std::move(stamp)) {}

RedisTls::~RedisTls() = default;

Result<std::shared_ptr<const RedisTls>> RedisTls::make(const Settings& settings) {
    // Before they are read: what changes meanwhile is read again.
    auto stamp = stamp_of(settings);
    auto context = load(settings);
    if (!context) {
        return pass_on(context);
    }
    return std::shared_ptr<const RedisTls>{
        new RedisTls{std::move(*context), settings, std::move(stamp)}};
}

RedisTls::SharedContext RedisTls::newest() const {
    const std::lock_guard lock{mutex_};
    auto stamp = stamp_of(settings_);
    if (stamp != stamp_) {
        stamp_ = std::move(stamp);
        if (auto context = load(settings_)) {
            context_ = std::move(*context);
        }
    }
    return context_;
}

Result<RedisTls::Context> RedisTls::load(const Settings& settings) {
    ERR_clear_error();
    Context context{SSL_CTX_new(TLS_client_method())};
    if (!context || !set_tls_rules(*context, settings.only_tls13)) {
        return fail(ErrorCode::io_failure, "TLS to Redis: " + openssl_reason());
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (auto loaded = load_authorities(*context, settings.ca_file); !loaded) {
        return pass_on(loaded);
    }
    const auto& certificate = settings.certificate_file;
    if (!certificate.empty()) {
        if (auto loaded = load_identity(*context, certificate, settings.key_file); !loaded) {
            return pass_on(loaded);
        }
    }
    return context;
}

Result<BuffereventPtr> RedisTls::connection(event_base& base, const std::string& host) const {
    ERR_clear_error();
    const auto& expected = settings_.server_name.empty() ? host : settings_.server_name;
    const auto context = newest();
    SslPtr session{SSL_new(context.get())};
    if (!session || !expect_host(session.get(), expected)) {
        return fail(ErrorCode::store_unavailable, "TLS to Redis: " + openssl_reason());
    }
    BuffereventPtr made{bufferevent_openssl_socket_new(
        &base, -1, session.get(), BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE
    )};
    if (!made) {
        return fail(ErrorCode::store_unavailable, "TLS to Redis: no connection");
    }
    // Whose the session now is: BEV_OPT_CLOSE_ON_FREE.
    static_cast<void>(session.release());
    // Replies say how long they are: a cut one is seen without TLS' own farewell.
    bufferevent_openssl_set_allow_dirty_shutdown(made.get(), 1);
    return made;
}

std::optional<WallTime> RedisTls::expires() const {
    if (settings_.certificate_file.empty()) {
        return std::nullopt;
    }
    return first_end_shown_by(*newest());
}

Error tls_failure_of(bufferevent& failed) {
    Error error{.code = ErrorCode::store_unavailable, .detail = {}};
    auto* const session = bufferevent_openssl_get_ssl(&failed);
    if (session == nullptr) {
        return error;
    }
    unsigned long cause = 0;
    while (const auto next = bufferevent_get_openssl_error(&failed)) {
        cause = cause == 0 ? next : cause;
    }
    ERR_clear_error();
    if (const auto verdict = SSL_get_verify_result(session); verdict != X509_V_OK) {
        return {
            .code = ErrorCode::invalid_configuration,
            .detail = std::string{"TLS to Redis: its certificate is not accepted: "} +
                      X509_verify_cert_error_string(verdict)};
    }
    if (ERR_GET_LIB(cause) != ERR_LIB_SSL) {
        return error;
    }
    const int failure = ERR_GET_REASON(cause);
    const bool passes = failure == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
                        failure == SSL_R_TLSV1_ALERT_INTERNAL_ERROR;
    const char* const reason = ERR_reason_error_string(cause);
    error.code = passes ? ErrorCode::store_unavailable : ErrorCode::invalid_configuration;
    error.detail = std::string{"TLS to Redis: "} + (reason != nullptr ? reason : "failed");
    return error;
}

bool speaks_tls(bufferevent& connection) noexcept {
    return bufferevent_openssl_get_ssl(&connection) != nullptr;
}

}  // namespace numproof
