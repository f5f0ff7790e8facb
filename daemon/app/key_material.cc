// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <utility>

#include "adapters/jose/signing_key.h"
#include "adapters/openssl/pem_files.h"
#include "adapters/yaml/key_file.h"
#include "adapters/yaml/settings_loader.h"
#include "daemon/app/foundation.h"
#include "embedded/sandbox.h"

namespace numproof {
namespace {

// Collects what is wrong with the files, so that all of it is told at once.
class FileReader {
public:
    explicit FileReader(const Crypto& crypto) : crypto_(crypto) {}

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
    void check_tls(const PemFiles& files, const KafkaPassword& key_password) {
        note(check_pem_files(files, PemPassword{std::string{key_password.reveal()}}));
    }

    [[nodiscard]] const std::string& mistakes() const noexcept { return mistakes_; }

private:
    static SigningKey sandbox_signing_key() {
        return {
            .kid = "sandbox",
            .pem = SigningPem{std::string{embedded::sandbox::sandbox_signing_pem}}};
    }

    void note(const Result<void>& checked) {
        if (!checked) {
            mistakes_ += checked.error().detail + "\n";
        }
    }

    template <typename T>
    T take(Result<T> read) {
        if (!read) {
            mistakes_ += read.error().detail + "\n";
            return T{};
        }
        return std::move(*read);
    }

    const Crypto& crypto_;
    std::string mistakes_;
};

}  // namespace

tl::expected<KeyMaterial, std::string> read_key_material(
    const Settings& settings, const Crypto& crypto
) {
    FileReader files{crypto};
    KeyMaterial material;
    const auto& directory = settings.directory;
    material.directory = files.keys(directory.key_file, embedded::sandbox::sandbox_directory_key);
    material.audit = files.keys(settings.audit.key_file, embedded::sandbox::sandbox_audit_key);
    if (settings.node.auth) {
        material.signer = files.signer(settings.auth.signing_keys_dir);
    }
    if (settings.node.auth || settings.node.api) {
        material.clients = files.clients(settings.auth.clients_file);
    }
    const auto& kafka = settings.kafka.security;
    material.passwords.redis = files.password<RedisPassword>(directory.redis.password_file);
    material.passwords.sentinel =
        files.password<RedisPassword>(directory.redis.sentinel_password_file);
    if (directory.redis.tls && directory.backend == DirectoryBackend::redis) {
        material.redis_tls = files.redis_tls(*directory.redis.tls);
    }
    material.passwords.kafka = files.password<KafkaPassword>(kafka.password_file);
    material.passwords.kafka_key = files.password<KafkaPassword>(kafka.key_password_file);
    material.passwords.kafka_client = files.password<KafkaPassword>(kafka.client_secret_file);
    files.check_tls(
        {.authorities = kafka.ca_file,
         .certificate = kafka.certificate_file,
         .key = kafka.key_file},
        material.passwords.kafka_key
    );
    files.check_tls({.authorities = kafka.token_ca_file, .certificate = {}, .key = {}}, {});
    if (!files.mistakes().empty()) {
        return tl::unexpected<std::string>(files.mistakes());
    }
    return material;
}

}  // namespace numproof
