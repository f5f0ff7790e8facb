// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_conf.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/kafka/kafka_token.h"
#include "daemon/telemetry/messages.h"

namespace numproof::kafka {
namespace {

/// Correctness rests on these, so the operator cannot set them beside us.
constexpr std::array<std::string_view, 35> kOurProperties{
    "bootstrap.servers",
    "metadata.broker.list",
    "client.id",
    "security.protocol",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.username",
    "sasl.password",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.key.location",
    "ssl.key.password",
    "enable.ssl.certificate.verification",
    "ssl.endpoint.identification.algorithm",
    "sasl.oauthbearer.method",
    "group.id",
    "group.instance.id",
    "partition.assignment.strategy",
    "enable.auto.commit",
    "auto.commit.enable",
    "enable.auto.offset.store",
    "auto.offset.reset",
    "enable.partition.eof",
    "allow.auto.create.topics",
    "check.crcs",
    "enable.idempotence",
    "transactional.id",
    "acks",
    "request.required.acks",
    "message.timeout.ms",
    "delivery.timeout.ms",
    "log_level",
    "enabled_events",
    "plugin.library.paths",
    "test.mock.num.brokers"};

std::string join(const std::vector<std::string>& parts) {
    std::string joined;
    for (const auto& part : parts) {
        joined += (joined.empty() ? "" : ",") + part;
    }
    return joined;
}

Result<void> set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
    std::array<char, 512> why{};
    const auto outcome =
        rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), why.data(), why.size());
    if (outcome == RD_KAFKA_CONF_OK) {
        return {};
    }
    // librdkafka quotes the value in its reason, which may be a secret: only the name is told.
    const auto what = outcome == RD_KAFKA_CONF_UNKNOWN ? "': unknown property" : "': bad value";
    return fail(ErrorCode::invalid_configuration, "kafka property '" + name + what);
}

Result<void> set_all(rd_kafka_conf_t& conf, const Properties& properties) {
    for (const auto& [name, value] : properties) {
        if (auto done = set(conf, name, value); !done) {
            return done;
        }
    }
    return {};
}

Properties properties_of(const KafkaConnection& connection) {
    const auto& security = connection.security;
    Properties all{
        {"bootstrap.servers", join(connection.brokers)},
        {"security.protocol", security.protocol},
        {"sasl.mechanism", security.mechanism},
        {"sasl.username", security.username},
        {"sasl.password", std::string{security.password.reveal()}},
        {"ssl.ca.location", security.ca_file},
        {"ssl.certificate.location", security.certificate_file},
        {"ssl.key.location", security.key_file},
        {"ssl.key.password", std::string{security.key_password.reveal()}}};
    std::erase_if(all, [](const auto& property) { return property.second.empty(); });
    if (security.protocol.ends_with("ssl")) {
        // librdkafka's default since 2.0 only; nothing is worth a certificate with another's name.
        all.emplace_back("ssl.endpoint.identification.algorithm", "https");
        all.emplace_back("enable.ssl.certificate.verification", "true");
    }
    return all;
}

Result<Properties> operators_properties(const KafkaConnection& connection) {
    Properties all;
    for (const auto& [name, value] : connection.properties) {
        if (std::find(kOurProperties.begin(), kOurProperties.end(), name) != kOurProperties.end()) {
            return fail(
                ErrorCode::invalid_configuration,
                "kafka property '" + name + "' is set by numproof itself and cannot be overridden"
            );
        }
        all.emplace_back(name, value);
    }
    return all;
}

void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
    // An old or in-process broker cannot promise not to make topics; nothing follows from it.
    if (std::string_view{facility} == "AUTOCREATE") {
        return;
    }
    constexpr int kSyslogWarning = 4;
    auto& events = *static_cast<ClientEvents*>(rd_kafka_opaque(client));
    const auto& message =
        level <= kSyslogWarning ? messages::kafka_client_warning : messages::kafka_client_note;
    events.log().write(
        message, {{"client", rd_kafka_name(client)}, {"facility", facility}, {"text", text}}
    );
}

void on_error(rd_kafka_t*, int error, const char* reason, void* events) {
    auto& told = *static_cast<ClientEvents*>(events);
    const auto code = static_cast<rd_kafka_resp_err_t>(error);
    told.note_refusal(code, reason);
    told.on_error(code, reason);
}

void on_token_wanted(rd_kafka_t* client, const char*, void* events) {
    give_token(*client, static_cast<ClientEvents*>(events)->token_source());
}

void on_rebalance(
    rd_kafka_t*, rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* list, void* events
) {
    static_cast<ClientEvents*>(events)->on_rebalance(event, list);
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* events) {
    static_cast<ClientEvents*>(events)->on_delivery(*message);
}

/// librdkafka before 2.6.1 sends the client's nonce twice, which brokers from 4.0 on refuse with
/// the same words as a wrong password (github.com/confluentinc/librdkafka/pull/4895).
std::string scram_hint(const std::string& reason) {
    constexpr int kMended = 0x020601ff;
    if (rd_kafka_version() >= kMended || reason.find("SCRAM") == std::string::npos) {
        return {};
    }
    return std::string{
               "; or the brokers are Kafka 4.0 or newer, with which SCRAM needs librdkafka"} +
           " 2.6.1 (this is " + rd_kafka_version_str() +
           "): then use PLAIN over TLS, OAUTHBEARER or a client certificate";
}

ErrorCode code_of(rd_kafka_resp_err_t error) {
    switch (static_cast<int>(error)) {
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
            return ErrorCode::deadline_exceeded;
        case RD_KAFKA_RESP_ERR__QUEUE_FULL:
            return ErrorCode::queue_full;
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            return ErrorCode::invalid_configuration;
        case RD_KAFKA_RESP_ERR__DESTROY:
            return ErrorCode::closed;
        default:
            return ErrorCode::broker_unavailable;
    }
}

}  // namespace

void ClientEvents::on_rebalance(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*) {}

void ClientEvents::on_delivery(const rd_kafka_message_t&) {}

void ClientEvents::note_refusal(rd_kafka_resp_err_t error, const std::string& reason) {
    constexpr std::chrono::seconds kQuiet{30};
    const bool credentials = error == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
                             error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED;
    // With TLS 1.3 a broker that does not like our certificate says so after the handshake.
    const bool tls =
        error == RD_KAFKA_RESP_ERR__SSL || reason.find("SSL routines") != std::string::npos;
    if (!credentials && !tls) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (refused_ == error && now < quiet_until_) {
        return;
    }
    refused_ = error;
    quiet_until_ = now + kQuiet;
    log_.write(
        credentials ? messages::kafka_credentials_refused : messages::kafka_tls_failed,
        {{"reason", reason + scram_hint(reason)}}
    );
}

Result<ConfPtr> make_conf(const KafkaConnection& connection, const ClientSettings& settings) {
    if (connection.brokers.empty()) {
        return fail(ErrorCode::invalid_configuration, "kafka.brokers is empty");
    }
    auto from_operator = operators_properties(connection);
    if (!from_operator) {
        return pass_on(from_operator);
    }
    const Properties identity{{"client.id", settings.client_id}};
    ConfPtr conf{rd_kafka_conf_new()};
    for (const auto& properties :
         {settings.defaults, *from_operator, properties_of(connection), settings.ours, identity}) {
        if (auto done = set_all(*conf, properties); !done) {
            return pass_on(done);
        }
    }
    return conf;
}

Result<ClientPtr> make_client(rd_kafka_type_t type, ConfPtr conf, ClientEvents& events) {
    rd_kafka_conf_set_opaque(conf.get(), &events);
    rd_kafka_conf_set_log_cb(conf.get(), on_log);
    rd_kafka_conf_set_error_cb(conf.get(), on_error);
    if (events.token_source()) {
        // On the client's background thread: whoever polls the client does not wait for a token.
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(), on_token_wanted);
        rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
    }
    if (type == RD_KAFKA_CONSUMER) {
        rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
    } else {
        rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
    }
    std::array<char, 512> why{};
    ClientPtr client{rd_kafka_new(type, conf.get(), why.data(), why.size())};
    if (!client) {
        return fail(ErrorCode::invalid_configuration, std::string{"kafka client: "} + why.data());
    }
    // On success the client owns the configuration.
    static_cast<void>(conf.release());
    if (events.token_source()) {
        const ErrorPtr failed{rd_kafka_sasl_background_callbacks_enable(client.get())};
        if (failed) {
            return tl::unexpected(to_error(*failed, "kafka tokens"));
        }
    }
    return client;
}

int timeout_ms(Deadline deadline, MonoTime now) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline.left(now)).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 1, 3'600'000));
}

Error to_error(rd_kafka_resp_err_t error, const std::string& context) {
    return Error{.code = code_of(error), .detail = context + ": " + rd_kafka_err2str(error)};
}

Error to_error(const rd_kafka_error_t& error, const std::string& context) {
    return Error{
        .code = code_of(rd_kafka_error_code(&error)),
        .detail = context + ": " + rd_kafka_error_string(&error)};
}

Error missing_topic(const std::string& topic, const KafkaConnection& connection) {
    return Error{
        .code = ErrorCode::invalid_configuration,
        .detail = "kafka topic '" + topic + "' does not exist; make it with: kafka-topics.sh" +
                  " --bootstrap-server " + join(connection.brokers) + " --create --topic " + topic +
                  " --partitions N --replication-factor R"};
}

}  // namespace numproof::kafka

namespace numproof {

Result<void> check_connection(const KafkaConnection& connection) {
    class NoEvents final : public Log {
        void write(const Message&, std::initializer_list<LogField>) override {}
    };

    class Silent final : public kafka::ClientEvents {
    public:
        using ClientEvents::ClientEvents;

        void on_error(rd_kafka_resp_err_t, const std::string&) override {}
    };

    auto conf = kafka::make_conf(connection, {.client_id = "numproof", .ours = {}, .defaults = {}});
    if (!conf) {
        return pass_on(conf);
    }
    NoEvents log;
    Silent events{log, connection.security.token_source};
    auto client = kafka::make_client(RD_KAFKA_PRODUCER, std::move(*conf), events);
    if (!client) {
        return pass_on(client);
    }
    return {};
}

}  // namespace numproof
