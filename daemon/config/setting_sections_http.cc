// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "daemon/config/setting_sections.h"

namespace numproof::sections {
namespace {

using enum SettingType;

constexpr std::array kTls{
    Setting{
        .key = "certificate_file",
        .type = text,
        .doc = "Our certificate, then those between it and its authority, PEM.",
        .form = text_form::file},
    Setting{
        .key = "key_file",
        .type = text,
        .doc = "Private key of the certificate, PEM without a password; not for everybody to read.",
        .form = text_form::file},
    Setting{
        .key = "client_ca_file",
        .type = text,
        .fallback = "null",
        .doc =
            "Who may have issued the certificates of callers, PEM; for `optional` and `required`.",
        .nullable = Nullable::yes,
        .form = text_form::file},
    Setting{
        .key = "client_certificate",
        .type = choice,
        .fallback = "none",
        .doc = "Whether callers show a certificate; `optional`: one that is shown must be good.",
        .choices = "none|optional|required"},
    kTlsMinVersion,
};

constexpr std::array kListen{
    Setting{
        .key = "address",
        .type = text,
        .doc = "Address and port, or unix:/path.",
        .form = text_form::listen_address,
        .example = "\"0.0.0.0:9091\""},
    Setting{
        .key = "tls",
        .type = section,
        .fallback = "null",
        .doc = "TLS of this listener; null: none. Not for UNIX sockets.",
        .nullable = Nullable::yes,
        .members = kTls},
    Setting{
        .key = "proxy_protocol",
        .type = boolean,
        .fallback = "false",
        .doc = "Whether trusted proxies begin with a PROXY header. Not supported by this version.",
        .unsupported = "true"},
};

constexpr std::array kMount{
    Setting{
        .key = "prefix",
        .type = text,
        .doc = "Path before /verify and /device-phone-number.",
        .form = text_form::mount_prefix},
    Setting{
        .key = "contract",
        .type = choice,
        .doc = "CAMARA Number Verification 0.3, 1.0 or 2.0.",
        .choices = "v0|v1|v2"},
    Setting{
        .key = "errors",
        .type = choice,
        .fallback = "camara",
        .doc = "How errors are written, whatever the contract.",
        .choices = "orange|camara"},
};

constexpr std::array kLimits{
    Setting{
        .key = "head_bytes",
        .type = size,
        .fallback = "8KiB",
        .doc = "Request line and header together, with the empty line at its end.",
        .range = {"1KiB", "64KiB"}},
    Setting{
        .key = "uri_bytes",
        .type = size,
        .fallback = "6KiB",
        .doc = "Request target; not more than head_bytes.",
        .range = {"512B", "64KiB"}},
    Setting{
        .key = "body_bytes",
        .type = size,
        .fallback = "4KiB",
        .doc = "Request body after decoding.",
        .range = {"512B", "1MiB"}},
    Setting{
        .key = "headers",
        .type = integer,
        .fallback = "64",
        .doc = "Header lines of a request.",
        .range = {"8", "1000"}},
    Setting{
        .key = "connections",
        .type = integer,
        .fallback = "20000",
        .doc = "Connections at the same time, over all listeners.",
        .range = {"1", "1000000"}},
    Setting{
        .key = "connections_per_address",
        .type = integer,
        .fallback = "1000",
        .doc = "Connections at the same time from one address; a trusted proxy is not counted.",
        .range = {"1", "1000000"}},
};

constexpr std::array kTimeouts{
    Setting{
        .key = "head",
        .type = duration,
        .fallback = "5s",
        .doc = "For the whole head of a request, from its first octet.",
        .range = {"10ms", "10m"}},
    Setting{
        .key = "body",
        .type = duration,
        .fallback = "5s",
        .doc = "For the whole body of a request.",
        .range = {"10ms", "10m"}},
    Setting{
        .key = "idle",
        .type = duration,
        .fallback = "60s",
        .doc = "Between two requests of a connection.",
        .range = {"10ms", "1h"}},
    Setting{
        .key = "write",
        .type = duration,
        .fallback = "10s",
        .doc = "For the caller to take an answer.",
        .range = {"10ms", "10m"}},
    Setting{
        .key = "tls_handshake",
        .type = duration,
        .fallback = "5s",
        .doc = "For a TLS handshake.",
        .range = {"10ms", "10m"}},
    Setting{
        .key = "request",
        .type = duration,
        .fallback = "2s",
        .doc = "For us to find the answer; then 503.",
        .range = {"10ms", "1m"}},
    Setting{
        .key = "drain_delay",
        .type = duration,
        .fallback = "5s",
        .doc = "How long a node that is told to end still takes connections: until load balancers "
               "have seen its /readyz.",
        .range = {"0s", "20s"}},
};

constexpr std::array kPerClient{
    Setting{
        .key = "rate",
        .type = decimal,
        .fallback = "500",
        .doc = "Requests a second.",
        .range = {"0.001", "1000000"}},
    Setting{
        .key = "burst",
        .type = decimal,
        .fallback = "1000",
        .doc = "Requests at once.",
        .range = {"1", "1000000"}},
};

constexpr std::array kPerSubscriber{
    Setting{
        .key = "rate",
        .type = decimal,
        .fallback = "1",
        .doc = "Sign-ins a second.",
        .range = {"0.001", "1000000"}},
    Setting{
        .key = "burst",
        .type = decimal,
        .fallback = "10",
        .doc = "Sign-ins at once.",
        .range = {"1", "1000000"}},
};

constexpr std::array kRateLimits{
    Setting{
        .key = "per_client",
        .type = section,
        .doc = "Requests of one client over all its tokens, on each node; null: no limit.",
        .nullable = Nullable::yes,
        .members = kPerClient},
    Setting{
        .key = "authorize_per_subscriber",
        .type = section,
        .doc = "Sign-ins of one subscriber, on each node; null: no limit.",
        .nullable = Nullable::yes,
        .members = kPerSubscriber},
};

constexpr std::array kHttp{
    Setting{
        .key = "listen",
        .type = entries,
        .fallback = "[{address: \"0.0.0.0:9091\"}]",
        .doc = "The public listeners.",
        .range = {"1", "16"},
        .members = kListen},
    Setting{
        .key = "admin",
        .type = text,
        .fallback = "\"127.0.0.1:9092\"",
        .doc = "The admin listener: health, metrics, API documents.",
        .form = text_form::listen_address},
    Setting{
        .key = "admin_socket",
        .type = text,
        .fallback = "null",
        .doc = "UNIX socket for numproofctl; null: $RUNTIME_DIRECTORY/admin.sock, else "
               "/run/numproof/admin.sock.",
        .nullable = Nullable::yes,
        .form = text_form::directory},
    Setting{
        .key = "workers",
        .type = integer,
        .fallback = "auto",
        .doc = "Threads that serve the public listeners; auto: one for each processor.",
        .range = {"1", "256"},
        .word = "auto"},
    Setting{
        .key = "trusted_proxies",
        .type = texts,
        .fallback = "[]",
        .doc = "Networks whose X-Forwarded-For, X-Forwarded-Port or Forwarded is believed.",
        .range = {"0", "256"},
        .form = text_form::cidr,
        .example = "[\"192.0.2.0/28\"]"},
    Setting{
        .key = "mounts",
        .type = entries,
        .fallback = "[{prefix: /number-verification/v0, contract: v0, errors: orange}, "
                    "{prefix: /number-verification/v1, contract: v1, errors: camara}, "
                    "{prefix: /number-verification/v2, contract: v2, errors: camara}]",
        .doc = "Where the API is, which contract it keeps there and how it writes errors.",
        .range = {"1", "64"},
        .members = kMount},
    Setting{
        .key = "server_names",
        .type = texts,
        .fallback = "[]",
        .doc = "When given, a request for any other Host is refused (421).",
        .range = {"0", "256"},
        .form = text_form::host_name,
        .example = "[api.example.com]"},
    Setting{.key = "limits", .type = section, .doc = "Bounds of a request.", .members = kLimits},
    Setting{
        .key = "timeouts",
        .type = section,
        .doc = "How long a connection may take.",
        .members = kTimeouts},
    Setting{
        .key = "rate_limits",
        .type = section,
        .doc = "Token buckets; null: none.",
        .nullable = Nullable::yes,
        .members = kRateLimits},
};

}  // namespace

std::span<const Setting> http() noexcept {
    return kHttp;
}

}  // namespace numproof::sections
