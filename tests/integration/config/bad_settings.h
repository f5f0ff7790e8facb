// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/configuration.h"

namespace numproof {

using Mode = ConfigurationContext::Mode;

/// A file that must be refused, and all that must be said about it.
struct BadSettings {
    const char* what;
    Mode mode;
    const char* yaml;
    const char* messages;
};

/// `hunter2-Pa55w0rd` is a secret that somebody put into a wrong place: no message repeats it.
inline constexpr BadSettings kBadSettings[] = {
    {"an unknown section",
     Mode::sandbox,
     "htp: {}\n",
     "f.yaml:1:1: unknown key \"htp\" (did you mean \"http\"?)\n"},
    {"an unknown key",
     Mode::sandbox,
     "http:\n"
     "  lissten: []\n",
     "f.yaml:2:3: unknown key \"lissten\" in http (did you mean \"listen\"?)\n"},
    {"an unknown key far from every known one",
     Mode::sandbox,
     "log:\n"
     "  colour: red\n",
     "f.yaml:2:3: unknown key \"colour\" in log\n"},
    {"an unknown key in a list",
     Mode::sandbox,
     "http:\n"
     "  listen:\n"
     "    - {adress: \"127.0.0.1:1\"}\n",
     "f.yaml:3:7: http.listen[0].address is missing\n"
     "f.yaml:3:8: unknown key \"adress\" in http.listen[0] (did you mean \"address\"?)\n"},
    {"several mistakes at once",
     Mode::sandbox,
     "node: {nam: a}\n"
     "http:\n"
     "  workers: many\n"
     "log: {level: inf}\n",
     "f.yaml:1:8: unknown key \"nam\" in node (did you mean \"name\"?)\n"
     "f.yaml:3:12: http.workers must be a whole number from 1 to 256, or auto\n"
     "f.yaml:4:14: log.level must be one of debug, info, warning, error (did you mean "
     "\"info\"?)\n"},
    {"a duplicate key",
     Mode::sandbox,
     "log: {level: info}\n"
     "node: {name: a}\n"
     "log: {level: debug}\n",
     "f.yaml:3:1: duplicate key \"log\"\n"},
    {"a section that is a list",
     Mode::sandbox,
     "http: []\n",
     "f.yaml:1:7: http must be a mapping of keys to values\n"},
    {"a section that is a text",
     Mode::sandbox,
     "audit: on\n",
     "f.yaml:1:8: audit must be a mapping of keys to values\n"},
    {"a file that is a list",
     Mode::sandbox,
     "- http\n",
     "f.yaml:1:1: the file must be a mapping of keys to values\n"},
    {"a list that is a text",
     Mode::sandbox,
     "node:\n"
     "  roles: api\n",
     "f.yaml:2:10: node.roles must be a list\n"},
    {"a text that is a mapping",
     Mode::sandbox,
     "node:\n"
     "  name: {a: b}\n",
     "f.yaml:2:9: node.name must be a single value\n"},
    {"a missing value",
     Mode::sandbox,
     "http:\n"
     "  admin:\n",
     "f.yaml:3:1: http.admin needs a value\n"},
    {"an unknown role",
     Mode::sandbox,
     "node: {roles: [api, ingst]}\n",
     "f.yaml:1:21: node.roles[1] must be one of api, auth, ingest (did you mean \"inges"
     "t\"?)\n"},
    {"a role twice",
     Mode::sandbox,
     "node: {roles: [api, auth, ingest, api]}\n",
     "f.yaml:1:15: node.roles must have 1 to 3 entries\n"
     "f.yaml:1:35: node.roles[3] stands in the list already\n"},
    {"no role",
     Mode::sandbox,
     "node: {roles: []}\n",
     "f.yaml:1:15: node.roles must have 1 to 3 entries\n"},
    {"a node name with a blank",
     Mode::sandbox,
     "node: {name: \"a b\"}\n",
     "f.yaml:1:14: node.name must be 1 to 64 of A-Z a-z 0-9 . _ -\n"},
    {"a number out of its range",
     Mode::sandbox,
     "http: {workers: 257}\n",
     "f.yaml:1:17: http.workers must be a whole number from 1 to 256, or auto\n"},
    {"a number in quotes",
     Mode::sandbox,
     "http: {limits: {headers: \"64\"}}\n",
     "f.yaml:1:26: http.limits.headers must be a whole number from 8 to 1000\n"},
    {"a number with a fraction",
     Mode::sandbox,
     "directory: {missed_interims: 2.5}\n",
     "f.yaml:1:30: directory.missed_interims must be a whole number from 1 to 100\n"},
    {"a share above one",
     Mode::sandbox,
     "ingest: {poison_burst: {share: 1.5}}\n",
     "f.yaml:1:32: ingest.poison_burst.share must be a number from 0.01 to 1\n"},
    {"a duration without a unit",
     Mode::sandbox,
     "directory: {max_staleness: 5}\n",
     "f.yaml:1:28: directory.max_staleness must be a duration (ms, s, m, h) from 1s to"
     " 5m\n"},
    {"a duration with an unknown unit",
     Mode::sandbox,
     "directory: {max_staleness: 5sec}\n",
     "f.yaml:1:28: directory.max_staleness must be a duration (ms, s, m, h) from 1s to"
     " 5m\n"},
    {"a duration below its range",
     Mode::sandbox,
     "directory: {max_staleness: 500ms}\n",
     "f.yaml:1:28: directory.max_staleness must be a duration (ms, s, m, h) from 1s to"
     " 5m\n"},
    {"a duration above its range",
     Mode::sandbox,
     "auth: {tokens: {ttl: 301s}}\n",
     "f.yaml:1:22: auth.tokens.ttl must be a duration (ms, s, m, h) from 1s to 300s\n"},
    {"a size with an unknown unit",
     Mode::sandbox,
     "audit: {spool_bytes_max: 1GB}\n",
     "f.yaml:1:26: audit.spool_bytes_max must be a size (B, KiB, MiB, GiB) from 64KiB "
     "to 1024GiB\n"},
    {"a size below its range",
     Mode::sandbox,
     "http: {limits: {body_bytes: 10B}}\n",
     "f.yaml:1:29: http.limits.body_bytes must be a size (B, KiB, MiB, GiB) from 512B "
     "to 1MiB\n"},
    {"a target longer than a head",
     Mode::sandbox,
     "http: {limits: {uri_bytes: 16KiB}}\n",
     "f.yaml:1:28: http.limits.uri_bytes must not be more than http.limits.head_bytes\n"},
    {"a truth in other words",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", proxy_protocol: maybe}]}\n",
     "f.yaml:1:58: http.listen[0].proxy_protocol must be true or false\n"},
    {"a listener without a port",
     Mode::sandbox,
     "http: {listen: [{address: 127.0.0.1}]}\n",
     "f.yaml:1:27: http.listen[0].address must be an address with a port, as 192.0.2.1"
     ":9091 or [2001:db8::1]:9091, or unix:/path\n"},
    {"a listener with a name",
     Mode::sandbox,
     "http: {listen: [{address: \"localhost:9091\"}]}\n",
     "f.yaml:1:27: http.listen[0].address must be an address with a port, as 192.0.2.1"
     ":9091 or [2001:db8::1]:9091, or unix:/path\n"},
    {"two listeners on one address",
     Mode::sandbox,
     "http:\n"
     "  listen:\n"
     "    - {address: \"127.0.0.1:9091\"}\n"
     "    - {address: \"127.0.0.1:9091\"}\n",
     "f.yaml:4:17: another listener has this address already\n"},
    {"the admin listener on a public address",
     Mode::sandbox,
     "http:\n"
     "  listen: [{address: \"127.0.0.1:9091\"}]\n"
     "  admin: \"127.0.0.1:9091\"\n",
     "f.yaml:3:10: another listener has this address already\n"},
    {"no listener",
     Mode::sandbox,
     "http: {listen: []}\n",
     "f.yaml:1:16: http.listen must have 1 to 16 entries\n"},
    {"a network with host bits",
     Mode::sandbox,
     "http: {trusted_proxies: [10.0.0.1/8]}\n",
     "f.yaml:1:26: http.trusted_proxies[0] must be a network: bits are set after the p"
     "refix\n"},
    {"a network that is none",
     Mode::sandbox,
     "http: {trusted_proxies: [proxy.example.com]}\n",
     "f.yaml:1:26: http.trusted_proxies[0] must be a network, as 10.0.0.0/8 or 2001:db"
     "8::/32\n"},
    {"a mount that ends with a slash",
     Mode::sandbox,
     "http: {mounts: [{prefix: /nv/, contract: v2}]}\n",
     "f.yaml:1:26: http.mounts[0].prefix must be a path that starts with / and does no"
     "t end with it\n"},
    {"a mount without a slash",
     Mode::sandbox,
     "http: {mounts: [{prefix: nv, contract: v2}]}\n",
     "f.yaml:1:26: http.mounts[0].prefix must be a path that starts with / and does no"
     "t end with it\n"},
    {"a mount with an unknown contract",
     Mode::sandbox,
     "http: {mounts: [{prefix: /nv, contract: v3}]}\n",
     "f.yaml:1:41: http.mounts[0].contract must be one of v0, v1, v2\n"},
    {"a mount without a contract",
     Mode::sandbox,
     "http:\n"
     "  mounts:\n"
     "    - prefix: /nv\n",
     "f.yaml:3:7: http.mounts[0].contract is missing\n"},
    {"a prefix twice",
     Mode::sandbox,
     "http:\n"
     "  mounts:\n"
     "    - {prefix: /nv, contract: v1}\n"
     "    - {prefix: /nv, contract: v2}\n",
     "f.yaml:4:16: another mount has this prefix already\n"},
    {"an OAuth path that is taken",
     Mode::sandbox,
     "auth: {paths: {token: [/oauth2/authorize]}}\n",
     "f.yaml:1:24: auth.paths.token: something else answers at this path\n"},
    {"an OAuth path that is an operation",
     Mode::sandbox,
     "auth: {paths: {token: [/number-verification/v1/verify]}}\n",
     "f.yaml:1:24: auth.paths.token: something else answers at this path\n"},
    {"an issuer without TLS",
     Mode::sandbox,
     "auth: {issuer: \"http://idp.example.com\"}\n",
     "f.yaml:1:16: auth.issuer must be an https URL without query, fragment or / at it"
     "s end (http on loopback only)\n"},
    {"an issuer with a query",
     Mode::sandbox,
     "auth: {issuer: \"https://idp.example.com?a=b\"}\n",
     "f.yaml:1:16: auth.issuer must be an https URL without query, fragment or / at it"
     "s end (http on loopback only)\n"},
    {"no issuer",
     Mode::regular,
     "node: {name: a}\n",
     "f.yaml:1:1: auth.issuer must be set: only the sandbox can do without\n"},
    {"no keys, no brokers and no spool",
     Mode::regular,
     "auth: {issuer: \"https://idp.example.com\"}\n"
     "directory: {key_file: null}\n"
     "kafka: {brokers: []}\n"
     "audit: {spool_dir: null, key_file: null}\n",
     "f.yaml:2:23: directory.key_file must be set: only the sandbox can do without\n"
     "f.yaml:3:18: kafka.brokers must have an entry: only the sandbox has its own\n"
     "f.yaml:4:20: audit.spool_dir must be set: only the sandbox can do without\n"
     "f.yaml:4:36: audit.key_file must be set: only the sandbox can do without\n"},
    {"a relative path",
     Mode::sandbox,
     "audit: {spool_dir: spool}\n",
     "f.yaml:1:20: audit.spool_dir must be an absolute path\n"},
    {"a credential where there are none",
     Mode::sandbox,
     "directory: {key_file: \"credential:directory\"}\n",
     "f.yaml:1:23: directory.key_file is a systemd credential, and there are none here"
     ": $CREDENTIALS_DIRECTORY is not set\n"},
    {"a credential that leaves its folder",
     Mode::sandbox,
     "directory: {key_file: \"credential:../x\"}\n",
     "f.yaml:1:23: directory.key_file must name a systemd credential after credential:"
     "\n"},
    {"memory without all roles",
     Mode::sandbox,
     "node: {roles: [api, auth]}\n"
     "directory: {backend: memory}\n",
     "f.yaml:2:22: directory.backend memory needs the roles api, auth and ingest in th"
     "is process\n"},
    {"a default domain that does not exist",
     Mode::sandbox,
     "directory: {default_domain: ims}\n",
     "f.yaml:1:29: directory.default_domain must be one of directory.domains\n"},
    {"a domain twice",
     Mode::sandbox,
     "directory:\n"
     "  domains:\n"
     "    - {name: internet, devices: [10.0.0.0/8]}\n"
     "    - {name: internet, devices: [10.0.0.0/8]}\n",
     "f.yaml:4:14: another domain has this name already\n"
     "f.yaml:4:34: another domain has this network already\n"},
    {"a national prefix without a country",
     Mode::sandbox,
     "directory: {numbering: {national_prefix: \"0\"}}\n",
     "f.yaml:1:42: directory.numbering.national_prefix needs directory.numbering.country_code\n"},
    {"a range without plus",
     Mode::sandbox,
     "directory: {numbering: {ranges: [\"346\"]}}\n",
     "f.yaml:1:34: directory.numbering.ranges[0] must be + and the digits that the num"
     "bers begin with, as \"+346\"\n"},
    {"tombstones shorter than the conflict window",
     Mode::sandbox,
     "directory: {lateness_max: 5s, conflict_skew: 10s}\n",
     "f.yaml:1:27: directory.lateness_max must not be less than directory.conflict_ske"
     "w\n"},
    {"a broker without a port",
     Mode::sandbox,
     "kafka: {brokers: [kafka-1]}\n",
     "f.yaml:1:19: kafka.brokers[0] must be a host with a port, as kafka-1.example.com"
     ":9092 or [2001:db8::1]:9092\n"},
    {"SASL without a name",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: sasl_ssl, mechanism: PLAIN}\n",
     "f.yaml:2:13: kafka.security.password_file must be set: kafka.security.mechanism "
     "needs it\n"
     "f.yaml:2:13: kafka.security.username must be set: kafka.security.mechanism needs"
     " it\n"},
    {"OAUTHBEARER without a token endpoint",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: sasl_ssl, mechanism: OAUTHBEARER, client_id: np, username: u}\n",
     "f.yaml:2:13: kafka.security.client_secret_file must be set: kafka.security.mecha"
     "nism needs it\n"
     "f.yaml:2:13: kafka.security.token_endpoint_url must be set: kafka.security.mecha"
     "nism needs it\n"
     "f.yaml:2:83: kafka.security.username is used with PLAIN and SCRAM only\n"},
    {"a token endpoint for SCRAM",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: sasl_ssl, mechanism: SCRAM-SHA-256, username: u,\n"
     "    password_file: /p, token_endpoint_url: \"https://idp.example/token\"}\n",
     "f.yaml:3:44: kafka.security.token_endpoint_url is used with kafka.security.mecha"
     "nism OAUTHBEARER only\n"},
    {"a property that would trust anybody",
     Mode::sandbox,
     "kafka: {properties: {enable.ssl.certificate.verification: false}}\n",
     "f.yaml:1:22: kafka.properties.enable.ssl.certificate.verification cannot be set "
     "here: Numproof sets it itself\n"},
    {"SASL without a mechanism",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: sasl_plaintext}\n",
     "f.yaml:2:13: kafka.security.mechanism must be set: kafka.security.protocol asks "
     "for SASL\n"},
    {"a password without SASL",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: ssl, password_file: /etc/p}\n",
     "f.yaml:2:44: kafka.security.password_file is used with sasl_plaintext and sasl_s"
     "sl only\n"},
    {"a certificate without TLS",
     Mode::sandbox,
     "kafka:\n"
     "  security: {ca_file: /etc/ca.pem}\n",
     "f.yaml:2:23: kafka.security.ca_file is used with ssl and sasl_ssl only\n"},
    {"a certificate without its key",
     Mode::sandbox,
     "kafka:\n"
     "  security: {protocol: ssl, certificate_file: /etc/c.pem}\n",
     "f.yaml:2:13: kafka.security.key_file must be set: kafka.security.certificate_fil"
     "e needs it\n"},
    {"a property that we set",
     Mode::sandbox,
     "kafka: {properties: {auto.offset.reset: latest}}\n",
     "f.yaml:1:22: kafka.properties.auto.offset.reset cannot be set here: Numproof set"
     "s it itself\n"},
    {"a property that has a setting",
     Mode::sandbox,
     "kafka: {properties: {bootstrap.servers: \"a:1\"}}\n",
     "f.yaml:1:22: kafka.properties.bootstrap.servers cannot be set here: use kafka.br"
     "okers\n"},
    {"a property that is a list",
     Mode::sandbox,
     "kafka: {properties: {debug: [all]}}\n",
     "f.yaml:1:29: kafka.properties.debug must be a plain value\n"},
    {"no feed",
     Mode::sandbox,
     "ingest: {feeds: []}\n",
     "f.yaml:1:17: ingest.feeds must have an entry where the role ingest runs\n"},
    {"a topic twice",
     Mode::sandbox,
     "ingest:\n"
     "  feeds:\n"
     "    - {topic: a}\n"
     "    - {topic: a}\n",
     "f.yaml:4:15: this topic has another use already\n"},
    {"a dead letter topic that is a feed",
     Mode::sandbox,
     "ingest: {dead_letter_topic: numproof.sessions}\n",
     "f.yaml:1:29: this topic has another use already\n"},
    {"heartbeats of a dialect that has none",
     Mode::sandbox,
     "ingest: {feeds: [{topic: a, dialect: radius, freshness: heartbeat}]}\n",
     "f.yaml:1:57: only the dialect native has heartbeats\n"},
    {"Sentinel without a master",
     Mode::sandbox,
     "directory: {redis: {mode: sentinel}}\n",
     "f.yaml:1:20: directory.redis.master_name must be set in mode sentinel\n"},
    {"Sentinel over a UNIX socket",
     Mode::sandbox,
     "directory: {redis: {mode: sentinel, master_name: m, addresses: [unix:/a]}}\n",
     "f.yaml:1:65: directory.redis.addresses must not be UNIX sockets in mode sentinel\n"},
    {"Settings for sentinels that are not asked",
     Mode::sandbox,
     "directory: {redis: {master_name: m, sentinel_password_file: /p}}\n",
     "f.yaml:1:34: directory.redis.master_name is for mode sentinel only\n"
     "f.yaml:1:61: directory.redis.sentinel_password_file is for mode sentinel only\n"},
    {"Redis users without a password",
     Mode::sandbox,
     "directory: {redis: {username: np}}\n",
     "f.yaml:1:31: directory.redis.username needs directory.redis.password_file\n"},
    {"TLS to Redis that knows nobody",
     Mode::sandbox,
     "directory: {redis: {tls: {}}}\n",
     "f.yaml:1:26: directory.redis.tls.ca_file is missing\n"},
    {"TLS to Redis with half an identity",
     Mode::sandbox,
     "directory: {redis: {tls: {ca_file: /a, certificate_file: /b}}}\n",
     "f.yaml:1:58: directory.redis.tls.certificate_file needs directory.redis.tls.key_file\n"},
    {"TLS to Redis on a UNIX socket",
     Mode::sandbox,
     "directory: {redis: {addresses: [unix:/a], tls: {ca_file: /a}}}\n",
     "f.yaml:1:33: directory.redis.addresses must not be UNIX sockets with tls: no TLS there\n"},
    {"the PROXY protocol",
     Mode::sandbox,
     "http: {listen: [{address: \"127.0.0.1:0\", proxy_protocol: true}]}\n",
     "f.yaml:1:58: http.listen[0].proxy_protocol true is not supported by this version"
     "\n"},
    {"JWT access tokens",
     Mode::sandbox,
     "auth: {tokens: {mode: jwt}}\n",
     "f.yaml:1:23: auth.tokens.mode jwt is not supported by this version\n"},
    {"introspection",
     Mode::sandbox,
     "auth: {tokens: {mode: introspection}}\n",
     "f.yaml:1:23: auth.tokens.mode introspection is not supported by this version\n"},
    {"an entitlement server",
     Mode::sandbox,
     "auth: {entitlement: {url: \"https://e.example.com\"}}\n",
     "f.yaml:1:21: auth.entitlement is not supported by this version\n"},
    {"a literal Redis password",
     Mode::sandbox,
     "directory:\n"
     "  redis:\n"
     "    password: hunter2-Pa55w0rd\n",
     "f.yaml:3:5: \"password\": a secret is never written here (did you mean \"password_f"
     "ile\"?)\n"},
    {"a literal key",
     Mode::sandbox,
     "directory:\n"
     "  key: hunter2-Pa55w0rd\n",
     "f.yaml:2:3: \"key\": a secret is never written here (did you mean \"key_file\"?)\n"},
    {"a literal Kafka password",
     Mode::sandbox,
     "kafka: {security: {password: hunter2-Pa55w0rd}}\n",
     "f.yaml:1:20: \"password\": a secret is never written here (did you mean \"password_"
     "file\"?)\n"},
    {"a password among the properties",
     Mode::sandbox,
     "kafka: {properties: {sasl.password: hunter2-Pa55w0rd}}\n",
     "f.yaml:1:22: kafka.properties.sasl.password cannot be set here: use kafka.securi"
     "ty.password_file\n"},
    {"a configuration with a secret among the properties",
     Mode::sandbox,
     "kafka: {properties: {sasl.oauthbearer.config: hunter2-Pa55w0rd}}\n",
     "f.yaml:1:22: kafka.properties.sasl.oauthbearer.config cannot be set here: a secr"
     "et is never written here\n"},
    {"a secret in the place of a key",
     Mode::sandbox,
     "kafka:\n"
     "  \"pass=hunter2-Pa55w0rd\": 1\n",
     "f.yaml:2:3: unknown key in kafka\n"},
    {"a tab",
     Mode::sandbox,
     "http:\n"
     "\tadmin: 1\n",
     "f.yaml:2:7: not YAML: illegal map value\n"},
    {"an open bracket",
     Mode::sandbox,
     "http: [\n",
     "f.yaml:2:1: not YAML: end of sequence flow not found\n"},
    {"an unknown alias",
     Mode::sandbox,
     "http: *nobody\n",
     "f.yaml:1:7: not YAML: the referenced anchor is not defined\n"},
    {"a list as a key",
     Mode::sandbox,
     "? [a, b]\n"
     ": c\n",
     "f.yaml:1:3: a key must be a text\n"},
    {"two documents",
     Mode::sandbox,
     "log: {}\n"
     "---\n"
     "log: {}\n",
     "f.yaml:3:1: only one document may be in a file\n"},
};

}  // namespace numproof
