// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/jose/signing_key.h"
#include "adapters/openssl/pem_files.h"
#include "adapters/yaml/file_reader.h"
#include "adapters/yaml/key_file.h"
#include "adapters/yaml/settings_loader.h"
#include "daemon/app/foundation.h"
#include "embedded/sandbox.h"

namespace numproof {
namespace {

// Some keep all authorities of the world in one file.
constexpr FileLimits kPemLimits{.bytes_max = 16U << 20U};

// Collects what is wrong with the files, so that all of it is told at once.
class FileReader {
public:
    explicit FileReader(const Crypto& crypto) : crypto_(crypto) {}

    /// What is read next stands in `setting`, which a mistake begins with.
    FileReader& of(std::string_view setting) {
        setting_ = setting;
        return *this;
    }

    KeyRing keys(const std::string& file, std::string_view sandbox_keys) {
        auto read = file.empty() ? parse_keys(sandbox_keys, "sandbox key") : read_key_file(file);
        KeyRing ring;
        for (auto& key : take(std::move(read))) {
            ring.push_back(name_key(crypto_, std::move(key)));
        }
        return ring;
    }

    std::shared_ptr<const TokenSigner> signer(const std::string& folder) {
        auto made = folder.empty() ? JoseSigner::from_keys({sandbox_signing_key()})
                                   : JoseSigner::from_folder(folder);
        return take(std::move(made));
    }

    ClientSnapshot clients(const std::string& file) {
        auto read = file.empty() ? load_clients(
                                       {.source = "sandbox clients",
                                        .content = embedded::sandbox::sandbox_clients_yaml}
                                   )
                                 : load_clients_file(file);
        if (!read) {
            mistakes_ += to_text(read.error());
            return nullptr;
        }
        return std::make_shared<const ClientRegistry>(std::move(*read));
    }

    template <typename Password>
    Password password(const std::string& file) {
        if (file.empty()) {
            return Password{};
        }
        return Password{std::string{take(read_secret_file(file)).reveal()}};
    }

    std::shared_ptr<const RedisTls> redis_tls(const RedisTlsSettings& tls) {
        return take(RedisTls::make(
            {.ca_file = tls.ca_file,
             .certificate_file = tls.certificate_file,
             .key_file = tls.key_file,
             .server_name = tls.server_name,
             .only_tls13 = tls.only_tls13}
        ));
    }

    /// The files that librdkafka reads itself, looked at before: it does not say which is wrong.
    bool check_tls(const PemFiles& files, const KafkaPassword& key_password) {
        return note(check_pem_files(files, PemPassword{std::string{key_password.reveal()}}));
    }

    std::shared_ptr<const TlsServerContext> listener_tls(
        const std::string& path, const ListenTlsSettings& tls
    ) {
        auto made = TlsServerContext::make(
            {.certificate_file = tls.certificate_file,
             .key_file = tls.key_file,
             .client_ca_file = tls.client_ca_file,
             .client_certificate = context_word(tls.client_certificate),
             .only_tls13 = tls.only_tls13}
        );
        return of(made ? path : path + named_by(tls, made.error().detail)).take(std::move(made));
    }

    Digest digest(const std::string& file) {
        if (file.empty()) {
            return {};
        }
        const FileSecret wiped{take(read_file(file, kPemLimits))};
        return crypto_.sha256(wiped.reveal());
    }

    std::optional<WallTime> first_end(const std::string& file) {
        return file.empty() ? std::nullopt : std::optional{take(first_end_in(file))};
    }

    [[nodiscard]] const std::string& mistakes() const noexcept { return mistakes_; }

private:
    static SigningKey sandbox_signing_key() {
        return {
            .kid = "sandbox",
            .pem = SigningPem{std::string{embedded::sandbox::sandbox_signing_pem}}};
    }

    static TlsServerContext::ClientCertificate context_word(ClientCertificate wanted) {
        switch (wanted) {
            case ClientCertificate::none:
                return TlsServerContext::ClientCertificate::none;
            case ClientCertificate::optional:
                return TlsServerContext::ClientCertificate::optional;
            case ClientCertificate::required:
                break;
        }
        return TlsServerContext::ClientCertificate::required;
    }

    /// The setting that names the file that `detail` is about.
    static std::string named_by(const ListenTlsSettings& tls, std::string_view detail) {
        const std::array<std::pair<std::string_view, const std::string*>, 3> files{
            {{".certificate_file", &tls.certificate_file},
             {".key_file", &tls.key_file},
             {".client_ca_file", &tls.client_ca_file}}};
        for (const auto& [key, file] : files) {
            if (!file->empty() && detail.starts_with(*file + ":")) {
                return std::string{key};
            }
        }
        return {};
    }

    bool note(const Result<void>& checked) {
        if (!checked) {
            add(checked.error());
        }
        return checked.has_value();
    }

    template <typename T>
    T take(Result<T> read) {
        if (!read) {
            add(read.error());
            return T{};
        }
        return std::move(*read);
    }

    void add(const Error& error) { mistakes_ += setting_ + ": " + error.detail + "\n"; }

    const Crypto& crypto_;
    std::string setting_;
    std::string mistakes_;
};

ListenerTls read_listeners(FileReader& files, const Settings& settings) {
    const auto& listen = settings.http.listen;
    ListenerTls listeners(listen.size());
    const bool bound = settings.node.api || settings.node.auth;
    for (std::size_t i = 0; bound && i < listen.size(); ++i) {
        if (listen[i].tls) {
            const auto path = "http.listen[" + std::to_string(i) + "].tls";
            listeners[i] = files.listener_tls(path, *listen[i].tls);
        }
    }
    return listeners;
}

KafkaFiles read_kafka_files(
    FileReader& files, const KafkaSecuritySettings& kafka, const KafkaPassword& key_password
) {
    // What is not good is told once.
    const PemFiles ours{
        .authorities = kafka.ca_file, .certificate = kafka.certificate_file, .key = kafka.key_file};
    const PemFiles of_tokens{.authorities = kafka.token_ca_file, .certificate = {}, .key = {}};
    const bool good = files.check_tls(ours, key_password);
    if (!files.check_tls(of_tokens, {}) || !good) {
        return {};
    }
    return {
        .authorities = files.digest(ours.authorities),
        .certificate = files.digest(ours.certificate),
        .key = files.digest(ours.key),
        .token_authorities = files.digest(of_tokens.authorities),
        .expires = files.first_end(ours.certificate)};
}

}  // namespace

tl::expected<KeyMaterial, std::string> read_key_material(
    const Settings& settings, const Crypto& crypto
) {
    FileReader files{crypto};
    KeyMaterial material;
    const auto& directory = settings.directory;
    material.directory = files.of("directory.key_file")
                             .keys(directory.key_file, embedded::sandbox::sandbox_directory_key);
    material.audit = files.of("audit.key_file")
                         .keys(settings.audit.key_file, embedded::sandbox::sandbox_audit_key);
    if (settings.node.auth) {
        material.signer = files.of("auth.signing_keys_dir").signer(settings.auth.signing_keys_dir);
    }
    if (settings.node.auth || settings.node.api) {
        material.clients = files.clients(settings.auth.clients_file);
    }
    const auto& kafka = settings.kafka.security;
    material.passwords.redis = files.of("directory.redis.password_file")
                                   .password<RedisPassword>(directory.redis.password_file);
    material.passwords.sentinel =
        files.of("directory.redis.sentinel_password_file")
            .password<RedisPassword>(directory.redis.sentinel_password_file);
    if (directory.redis.tls && directory.backend == DirectoryBackend::redis) {
        material.redis_tls = files.of("directory.redis.tls").redis_tls(*directory.redis.tls);
    }
    material.listeners = read_listeners(files, settings);
    material.passwords.kafka =
        files.of("kafka.security.password_file").password<KafkaPassword>(kafka.password_file);
    material.passwords.kafka_key = files.of("kafka.security.key_password_file")
                                       .password<KafkaPassword>(kafka.key_password_file);
    material.passwords.kafka_client = files.of("kafka.security.client_secret_file")
                                          .password<KafkaPassword>(kafka.client_secret_file);
    material.kafka_files =
        read_kafka_files(files.of("kafka.security"), kafka, material.passwords.kafka_key);
    if (!files.mistakes().empty()) {
        return tl::unexpected<std::string>(files.mistakes());
    }
    return material;
}

}  // namespace numproof
