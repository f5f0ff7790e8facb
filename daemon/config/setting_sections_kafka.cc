// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/config/setting_sections.h"

namespace numproof::sections {
namespace {

using enum SettingType;

constexpr std::array kSecurity{
    Setting{
        .key = "protocol",
        .type = choice,
        .fallback = "plaintext",
        .doc = "How brokers are spoken to.",
        .choices = "plaintext|ssl|sasl_plaintext|sasl_ssl"},
    Setting{
        .key = "mechanism",
        .type = choice,
        .fallback = "null",
        .doc = "With sasl_plaintext and sasl_ssl.",
        .nullable = Nullable::yes,
        .choices = "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512|OAUTHBEARER|GSSAPI"},
    Setting{
        .key = "username",
        .type = text,
        .fallback = "null",
        .doc = "With PLAIN and SCRAM.",
        .nullable = Nullable::yes},
    Setting{
        .key = "password_file",
        .type = text,
        .fallback = "null",
        .doc = "File with the password on one line; with PLAIN and SCRAM.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "ca_file",
        .type = text,
        .fallback = "null",
        .doc = "Who issued the brokers' certificates, PEM; null: the system's authorities.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "certificate_file",
        .type = text,
        .fallback = "null",
        .doc = "Our certificate, PEM; with ssl and sasl_ssl.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "key_file",
        .type = text,
        .fallback = "null",
        .doc = "Our private key, PEM; with ssl and sasl_ssl.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "key_password_file",
        .type = text,
        .fallback = "null",
        .doc = "File with the private key's password on one line; null: it has none.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "token_endpoint_url",
        .type = text,
        .fallback = "null",
        .doc = "Where tokens for the brokers are fetched with the client credentials grant; with "
               "OAUTHBEARER.",
        .nullable = Nullable::yes,
        .form = text_form::https_url},
    Setting{
        .key = "token_ca_file",
        .type = text,
        .fallback = "null",
        .doc = "Who issued the token endpoint's certificate, PEM; null: the system's authorities.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "client_id",
        .type = text,
        .fallback = "null",
        .doc = "Who we are at the token endpoint.",
        .nullable = Nullable::yes,
        .form = text_form::client_id},
    Setting{
        .key = "client_secret_file",
        .type = text,
        .fallback = "null",
        .doc = "File with our secret at the token endpoint on one line.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "scope",
        .type = text,
        .fallback = "null",
        .doc = "Scope that is asked for at the token endpoint; null: none.",
        .nullable = Nullable::yes},
};

constexpr std::array kKafka{
    Setting{
        .key = "brokers",
        .type = texts,
        .fallback = "[\"127.0.0.1:9092\"]",
        .doc = "Host and port of some brokers. Only the sandbox may have none: it brings its own.",
        .range = {"0", "64"},
        .form = text_form::host_port},
    Setting{
        .key = "security",
        .type = section,
        .doc = "How brokers are spoken to and who we are.",
        .members = kSecurity},
    Setting{
        .key = "properties",
        .type = properties,
        .fallback = "{}",
        .doc = "Any librdkafka property that Numproof does not set itself.",
        .range = {"0", "64"},
        .example = "{socket.keepalive.enable: true}"},
};

constexpr std::array kFeed{
    Setting{.key = "topic", .type = text, .doc = "Its topic.", .form = text_form::topic},
    Setting{
        .key = "dialect",
        .type = choice,
        .fallback = "native",
        .doc = "What its records look like: our own JSON, notifications of an SMF (TS 29.508), "
               "FreeRADIUS' JSON of accounting, Diameter CCR as JSON (docs/feeds.md).",
        .choices = "native|nsmf|radius|gx"},
    Setting{
        .key = "freshness",
        .type = choice,
        .fallback = "null",
        .doc = "What tells that we have heard everything: heartbeat records, the newest event's "
               "time, or having read to the end (which cannot see a dead producer). null: "
               "heartbeat for native, the only one that has them, traffic for the others.",
        .nullable = Nullable::yes,
        .choices = "heartbeat|traffic|caught_up"},
};

constexpr std::array kPoisonBurst{
    Setting{
        .key = "records",
        .type = integer,
        .fallback = "100",
        .doc = "Unusable records.",
        .range = {"1", "1000000"}},
    Setting{
        .key = "window",
        .type = duration,
        .fallback = "10s",
        .doc = "Within this time.",
        .range = {"1s", "10m"}},
    Setting{
        .key = "share",
        .type = decimal,
        .fallback = "0.5",
        .doc = "And this share of all records.",
        .range = {"0.01", "1"}},
};

constexpr std::array kIngest{
    Setting{
        .key = "group",
        .type = text,
        .fallback = "numproof",
        .doc = "Kafka consumer group of all nodes that read session events.",
        .form = text_form::topic},
    Setting{
        .key = "feeds",
        .type = entries,
        .fallback = "[{topic: numproof.sessions, dialect: native, freshness: heartbeat}]",
        .doc = "Topics with session events; at least one where the role ingest runs.",
        .range = {"0", "64"},
        .members = kFeed},
    Setting{
        .key = "dead_letter_topic",
        .type = text,
        .fallback = "numproof.sessions.dlq",
        .doc = "Where unusable records go, encrypted.",
        .form = text_form::topic},
    Setting{
        .key = "poison_burst",
        .type = section,
        .doc = "More poison than this stops that feed.",
        .members = kPoisonBurst},
};

constexpr std::array kAudit{
    Setting{
        .key = "topic",
        .type = text,
        .fallback = "numproof.audit.v1",
        .doc = "Where audit events go.",
        .form = text_form::topic},
    Setting{
        .key = "spool_dir",
        .type = text,
        .fallback = "/var/lib/numproof/spool",
        .doc = "Local disk where an audit event is kept before its answer leaves.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::directory},
    Setting{
        .key = "spool_bytes_max",
        .type = size,
        .fallback = "1GiB",
        .doc = "Size of the spool at most.",
        .range = {"64KiB", "1024GiB"}},
    Setting{
        .key = "on_spool_failure",
        .type = choice,
        .fallback = "deny",
        .doc = "What happens to answers while the spool is full or cannot be written.",
        .choices = "deny|allow"},
    Setting{
        .key = "key_file",
        .type = text,
        .fallback = "/etc/numproof/keys/audit.key",
        .doc = "Keys of the references in audit events: 32 random octets in base64, one key a "
               "line; the first is current.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::file},
};

constexpr std::array kLog{
    Setting{
        .key = "target",
        .type = choice,
        .fallback = "journal",
        .doc = "Where log lines go.",
        .choices = "journal|stderr"},
    Setting{
        .key = "level",
        .type = choice,
        .fallback = "info",
        .doc = "The least urgent lines that are written.",
        .choices = "debug|info|warning|error"},
    Setting{
        .key = "format",
        .type = choice,
        .fallback = "text",
        .doc = "How lines on stderr look.",
        .choices = "text|json"},
};

}  // namespace

std::span<const Setting> kafka() noexcept {
    return kKafka;
}

std::span<const Setting> ingest() noexcept {
    return kIngest;
}

std::span<const Setting> audit() noexcept {
    return kAudit;
}

std::span<const Setting> log() noexcept {
    return kLog;
}

}  // namespace numproof::sections
