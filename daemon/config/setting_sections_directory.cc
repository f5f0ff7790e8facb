// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/config/setting_sections.h"

namespace numproof::sections {
namespace {

using enum SettingType;

constexpr std::array kRedisTls{
    Setting{
        .key = "ca_file",
        .type = text,
        .doc = "Who issued Redis' certificate, PEM. The sentinels' too.",
        .form = text_form::file},
    Setting{
        .key = "certificate_file",
        .type = text,
        .fallback = "null",
        .doc = "Our certificate with its chain, PEM; null: we show none.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "key_file",
        .type = text,
        .fallback = "null",
        .doc = "Our private key, PEM without a password, not readable by everybody.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "server_name",
        .type = text,
        .fallback = "null",
        .doc = "Name that must stand in the certificate's subjectAltName; null: the host or "
               "address that is connected to.",
        .nullable = Nullable::yes,
        .form = text_form::host_name},
    kTlsMinVersion,
};

constexpr std::array kRedis{
    Setting{
        .key = "mode",
        .type = choice,
        .fallback = "standalone",
        .doc = "How Redis is set up: docs/redis.md.",
        .choices = "standalone|sentinel|cluster"},
    Setting{
        .key = "addresses",
        .type = texts,
        .fallback = "[\"127.0.0.1:6379\"]",
        .doc = "Host and port. standalone: tried in turn until one is a primary; also unix:/path. "
               "sentinel: all sentinels; more than half of them must name the same primary. "
               "cluster: some of its nodes, the others are learnt from them.",
        .range = {"1", "64"},
        .form = text_form::redis_address},
    Setting{
        .key = "master_name",
        .type = text,
        .fallback = "null",
        .doc = "What the sentinels call the primary; needed in mode sentinel.",
        .nullable = Nullable::yes,
        .form = text_form::node_name,
        .example = "\"mymaster\""},
    Setting{
        .key = "username",
        .type = text,
        .fallback = "null",
        .doc = "ACL user; null: the default user. docs/redis.md has the ACL that it needs.",
        .nullable = Nullable::yes},
    Setting{
        .key = "password_file",
        .type = text,
        .fallback = "null",
        .doc = "File with the password on one line; null: none.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "sentinel_username",
        .type = text,
        .fallback = "null",
        .doc = "ACL user at the sentinels; null: the default user.",
        .nullable = Nullable::yes},
    Setting{
        .key = "sentinel_password_file",
        .type = text,
        .fallback = "null",
        .doc = "File with the sentinels' password on one line; null: none.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "tls",
        .type = section,
        .fallback = "null",
        .doc = "TLS to Redis and its sentinels; null: none.",
        .nullable = Nullable::yes,
        .members = kRedisTls},
    Setting{
        .key = "deadline",
        .type = duration,
        .fallback = "100ms",
        .doc = "For one answer of Redis.",
        .range = {"5ms", "10s"}},
};

constexpr std::array kDomain{
    Setting{
        .key = "name",
        .type = text,
        .doc = "The routing domain as session events call it.",
        .form = text_form::node_name},
    Setting{
        .key = "devices",
        .type = texts,
        .doc = "Networks that its devices come from.",
        .range = {"1", "1024"},
        .form = text_form::cidr},
};

constexpr std::array kNumbering{
    Setting{
        .key = "country_code",
        .type = text,
        .fallback = "null",
        .doc = "Put before national numbers; null: feeds write international numbers.",
        .nullable = Nullable::yes,
        .form = text_form::country_code,
        .example = "\"34\""},
    Setting{
        .key = "national_prefix",
        .type = text,
        .fallback = "null",
        .doc = "Taken off national numbers first; null: there is none.",
        .nullable = Nullable::yes,
        .form = text_form::dialled_prefix,
        .example = "\"0\""},
    Setting{
        .key = "ranges",
        .type = texts,
        .fallback = "[]",
        .doc = "How our numbers begin; another number is poison. []: any.",
        .range = {"0", "1024"},
        .form = text_form::number_range,
        .example = "[\"+346\", \"+347\"]"},
};

constexpr std::array kDirectory{
    Setting{
        .key = "backend",
        .type = choice,
        .fallback = "redis",
        .doc = "Where bindings and grants live. memory: one node with all roles, lost at restart, "
               "rebuilt from the feed.",
        .choices = "redis|memory"},
    Setting{
        .key = "redis", .type = section, .doc = "Used when backend is redis.", .members = kRedis},
    Setting{
        .key = "key_file",
        .type = text,
        .fallback = "/etc/numproof/keys/directory.key",
        .doc = "Keys of what is stored: 32 random octets in base64, one key a line; the first is "
               "current, the others are still read.",
        .nullable = Nullable::in_sandbox,
        .form = text_form::file},
    Setting{
        .key = "max_staleness",
        .type = duration,
        .fallback = "5s",
        .doc = "How long the oldest partition of a feed may be silent before answers stop (503).",
        .range = {"1s", "5m"}},
    Setting{
        .key = "conflict_skew",
        .type = duration,
        .fallback = "2s",
        .doc = "Two holders of an address that begin closer than this: unknown.",
        .range = {"0s", "1m"}},
    Setting{
        .key = "missed_interims",
        .type = integer,
        .fallback = "3",
        .doc = "A session that missed so many interim updates is unknown.",
        .range = {"1", "100"}},
    Setting{
        .key = "lateness_max",
        .type = duration,
        .fallback = "10m",
        .doc = "How late an event may come and still be put right; ended sessions are kept so "
               "long.",
        .range = {"1s", "24h"}},
    Setting{
        .key = "domains",
        .type = entries,
        .fallback = "[{name: internet, devices: [\"10.0.0.0/8\", \"2001:db8::/32\"]}]",
        .doc = "Which routing domain a source address belongs to.",
        .range = {"1", "256"},
        .members = kDomain},
    Setting{
        .key = "default_domain",
        .type = text,
        .fallback = "internet",
        .doc = "The domain of session events that name none; one of domains.",
        .form = text_form::node_name},
    Setting{
        .key = "numbering",
        .type = section,
        .doc = "How feeds write numbers, and which are ours.",
        .members = kNumbering},
};

}  // namespace

std::span<const Setting> directory() noexcept {
    return kDirectory;
}

}  // namespace numproof::sections
