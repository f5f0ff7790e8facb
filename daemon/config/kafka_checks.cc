// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/config/cross_checks.h"
#include "daemon/config/table_reader.h"

namespace numproof {
namespace {

/// librdkafka properties that a rule of ours depends on, or that have a setting of their own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 37> kOurs{{
    {"bootstrap.servers", "kafka.brokers"},
    {"metadata.broker.list", "kafka.brokers"},
    {"security.protocol", "kafka.security.protocol"},
    {"sasl.mechanism", "kafka.security.mechanism"},
    {"sasl.mechanisms", "kafka.security.mechanism"},
    {"sasl.username", "kafka.security.username"},
    {"sasl.password", "kafka.security.password_file"},
    {"ssl.ca.location", "kafka.security.ca_file"},
    {"ssl.certificate.location", "kafka.security.certificate_file"},
    {"ssl.key.location", "kafka.security.key_file"},
    {"ssl.key.password", "kafka.security.key_password_file"},
    {"ssl.key.pem", "kafka.security.key_file"},
    {"ssl.certificate.pem", "kafka.security.certificate_file"},
    {"ssl.keystore.location", "kafka.security.key_file"},
    {"ssl.keystore.password", "kafka.security.key_password_file"},
    {"enable.ssl.certificate.verification", ""},
    {"ssl.endpoint.identification.algorithm", ""},
    {"ssl.ca.pem", "kafka.security.ca_file"},
    {"ssl.engine.location", ""},
    {"group.id", "ingest.group"},
    {"client.id", ""},
    {"group.instance.id", ""},
    {"partition.assignment.strategy", ""},
    {"enable.auto.commit", ""},
    {"auto.commit.enable", ""},
    {"enable.auto.offset.store", ""},
    {"auto.offset.reset", ""},
    {"enable.partition.eof", ""},
    {"allow.auto.create.topics", ""},
    {"check.crcs", ""},
    {"enable.idempotence", ""},
    {"transactional.id", ""},
    {"acks", ""},
    {"request.required.acks", ""},
    {"message.timeout.ms", ""},
    {"delivery.timeout.ms", ""},
    {"plugin.library.paths", ""},
}};

class KafkaChecks {
public:
    KafkaChecks(const ConfigNode& root, Mistakes& mistakes) : root_(root), mistakes_(mistakes) {}

    void run() {
        const auto protocol = text("kafka.security.protocol");
        if (protocol.starts_with("sasl_")) {
            check_sasl();
        } else {
            refuse_all(
                {"mechanism", "username", "password_file"},
                "is used with sasl_plaintext and sasl_ssl only"
            );
            refuse_all(kTokenKeys, "is used with kafka.security.mechanism OAUTHBEARER only");
        }
        if (!protocol.ends_with("ssl") && !protocol.empty()) {
            refuse_all(
                {"ca_file", "certificate_file", "key_file"}, "is used with ssl and sasl_ssl only"
            );
        }
        check_client_certificate();
        check_properties();
    }

private:
    using Keys = std::initializer_list<const char*>;

    static constexpr Keys kTokenKeys{
        "token_endpoint_url", "token_ca_file", "client_id", "client_secret_file", "scope"};

    [[nodiscard]] std::string_view text(std::string_view path) const {
        const auto* node = root_.find_path(path);
        return node == nullptr ? std::string_view{} : node->text;
    }

    void complain(std::string_view path, std::string message) {
        mistakes_.push_back({root_.find_path(path)->mark, std::move(message), {}});
    }

    void require(const std::string& path, const std::string& reason) {
        if (root_.find_path(path) != nullptr && text(path).empty()) {
            complain(path, path + " must be set: " + reason);
        }
    }

    void refuse_if_given(std::string_view key, const std::string& reason) {
        const auto path = "kafka.security." + std::string{key};
        if (!text(path).empty()) {
            complain(path, path + " " + reason);
        }
    }

    void refuse_all(Keys keys, const std::string& reason) {
        for (const auto* key : keys) {
            refuse_if_given(key, reason);
        }
    }

    void require_all(Keys keys) {
        for (const auto* key : keys) {
            require("kafka.security." + std::string{key}, "kafka.security.mechanism needs it");
        }
    }

    void check_sasl() {
        require("kafka.security.mechanism", "kafka.security.protocol asks for SASL");
        const auto mechanism = text("kafka.security.mechanism");
        if (mechanism.starts_with("SCRAM") || mechanism == "PLAIN") {
            require_all({"username", "password_file"});
        }
        if (mechanism == "OAUTHBEARER") {
            require_all({"token_endpoint_url", "client_id", "client_secret_file"});
            refuse_all({"username", "password_file"}, "is used with PLAIN and SCRAM only");
        } else {
            refuse_all(kTokenKeys, "is used with kafka.security.mechanism OAUTHBEARER only");
        }
    }

    void check_client_certificate() {
        if (!text("kafka.security.certificate_file").empty()) {
            require("kafka.security.key_file", "kafka.security.certificate_file needs it");
        }
        if (!text("kafka.security.key_file").empty()) {
            require("kafka.security.certificate_file", "kafka.security.key_file needs it");
        }
        if (!text("kafka.security.key_password_file").empty()) {
            require("kafka.security.key_file", "kafka.security.key_password_file needs it");
        }
    }

    void check_properties() {
        const auto* properties = root_.find_path("kafka.properties");
        if (properties == nullptr) {
            return;
        }
        for (const auto& member : properties->members) {
            check_property(member);
        }
    }

    void check_property(const ConfigMember& member) {
        const auto path = "kafka.properties." + member.key;
        const auto* const ours = std::ranges::find(kOurs, member.key, [](const auto& property) {
            return property.first;
        });
        if (ours != kOurs.end()) {
            const auto reason = ours->second.empty() ? std::string{"Numproof sets it itself"}
                                                     : "use " + std::string{ours->second};
            mistakes_.push_back({member.mark, path + " cannot be set here: " + reason, {}});
        } else if (may_hold_a_secret(member.key)) {
            mistakes_.push_back(
                {member.mark, path + " cannot be set here: a secret is never written here", {}}
            );
        }
    }

    static bool may_hold_a_secret(std::string_view name) {
        constexpr std::array<std::string_view, 6> kSigns{
            "password", "secret", "jaas", "oauthbearer", ".pem", "token"};
        return names_a_secret(name) || std::ranges::any_of(kSigns, [name](auto sign) {
                   return name.find(sign) != std::string_view::npos;
               });
    }

    const ConfigNode& root_;
    Mistakes& mistakes_;
};

}  // namespace

void check_kafka(const ConfigNode& effective, Mistakes& mistakes) {
    KafkaChecks{effective, mistakes}.run();
}

}  // namespace numproof
