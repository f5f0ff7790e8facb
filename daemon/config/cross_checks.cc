// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/cross_checks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/config/credential.h"
#include "daemon/config/scalar_text.h"
#include "daemon/config/setting_table.h"

namespace numproof {
namespace {

/// All rules but those about Kafka and Redis. Every look into the tree may find nothing.
class CrossChecks {
public:
    CrossChecks(const ConfigNode& root, const ConfigurationContext& context, Mistakes& mistakes)
        : root_(root), context_(context), mistakes_(mistakes) {}

    void run() {
        check_files({.table = setting_table(), .node = root_, .path = {}});
        check_roles();
        check_listeners();
        check_paths();
        check_limits();
        check_domains();
        check_feeds();
    }

private:
    /// A setting in the table and its value in the tree.
    struct Place {
        const Setting& table;
        const ConfigNode& node;
        std::string path;
    };

    void complain(const ConfigNode& at, std::string message) {
        mistakes_.push_back({at.mark, std::move(message), {}});
    }

    [[nodiscard]] std::span<const ConfigNode> items(std::string_view path) const {
        const auto* list = root_.find_path(path);
        return list == nullptr ? std::span<const ConfigNode>{} : list->items;
    }

    [[nodiscard]] bool is(std::string_view path, std::string_view word) const {
        const auto* node = root_.find_path(path);
        return node != nullptr && node->text == word;
    }

    [[nodiscard]] bool has_role(std::string_view role) const {
        const auto roles = items("node.roles");
        return std::ranges::find(roles, role, &ConfigNode::text) != roles.end();
    }

    /// Keys of the sandbox and credentials of systemd are there only where those are.
    void check_files(const Place& place) {
        for (std::size_t i = 0; i < place.node.items.size(); ++i) {
            auto path = place.path + "[" + std::to_string(i) + "]";
            check_files({place.table, place.node.items[i], std::move(path)});
        }
        for (const auto& member : place.table.members) {
            const auto* value = place.node.find(member.key);
            if (value == nullptr) {
                continue;
            }
            auto path = place.path.empty() ? std::string{member.key}
                                           : place.path + "." + std::string{member.key};
            check_value({.table = member, .node = *value, .path = path});
            check_files({.table = member, .node = *value, .path = std::move(path)});
        }
    }

    void check_value(const Place& place) {
        const auto& value = place.node;
        const bool missing = value.kind == ConfigNode::Kind::null;
        if (missing && place.table.nullable == Nullable::in_sandbox &&
            context_.mode == ConfigurationContext::Mode::regular && needed(place.path) &&
            !refused_already(value)) {
            complain(value, place.path + " must be set: only the sandbox can do without");
        }
        if (place.table.form == text_form::file && is_credential(value.text) &&
            context_.credentials_directory.empty()) {
            complain(
                value,
                place.path +
                    " is a systemd credential, and there are none here: "
                    "$CREDENTIALS_DIRECTORY is not set"
            );
        }
    }

    [[nodiscard]] bool refused_already(const ConfigNode& value) const {
        return value.mark.line > 0 && std::ranges::any_of(mistakes_, [&value](const auto& mistake) {
                   return mistake.at == value.mark;
               });
    }

    /// A node that only reads session events needs nothing of `auth`.
    [[nodiscard]] bool needed(std::string_view path) const {
        if (path == "auth.issuer" || path == "auth.signing_keys_dir") {
            return has_role("auth");
        }
        return !path.starts_with("auth.") || has_role("auth") || has_role("api");
    }

    void check_roles() {
        const auto* backend = root_.find_path("directory.backend");
        const bool all = has_role("api") && has_role("auth") && has_role("ingest");
        if (backend != nullptr && backend->text == "memory" && !all) {
            complain(
                *backend,
                "directory.backend memory needs the roles api, auth and ingest in this process"
            );
        }
    }

    void check_listeners() {
        std::set<std::string> seen;
        const auto listeners = items("http.listen");
        for (std::size_t i = 0; i < listeners.size(); ++i) {
            const auto* address = listeners[i].find("address");
            if (address == nullptr) {
                continue;
            }
            check_listener(*address, seen);
            if (const auto* tls = listeners[i].find("tls"); tls != nullptr) {
                check_listener_tls("http.listen[" + std::to_string(i) + "].tls", *address, *tls);
            }
        }
        if (const auto* admin = root_.find_path("http.admin"); admin != nullptr) {
            check_listener(*admin, seen);
        }
    }

    void check_listener(const ConfigNode& address, std::set<std::string>& seen) {
        // Port 0 means any free port, as often as wanted.
        if (!address.text.empty() && !address.text.ends_with(":0") &&
            !seen.insert(address.text).second) {
            complain(address, "another listener has this address already");
        }
    }

    void check_listener_tls(
        const std::string& path, const ConfigNode& address, const ConfigNode& tls
    ) {
        if (tls.kind != ConfigNode::Kind::mapping) {
            return;
        }
        if (address.text.starts_with("unix:")) {
            complain(tls, path + " must be null: there is no TLS on UNIX sockets");
        }
        const auto* wanted = tls.find("client_certificate");
        const auto* authorities = tls.find("client_ca_file");
        if (wanted == nullptr || authorities == nullptr || wanted->text.empty() ||
            refused_already(*authorities)) {
            return;
        }
        const bool asked = wanted->text != "none";
        const bool known = authorities->kind != ConfigNode::Kind::null;
        if (asked && !known) {
            complain(
                *wanted,
                path + ".client_certificate " + wanted->text + " needs " + path + ".client_ca_file"
            );
        }
        if (known && !asked) {
            // Whoever wrote it would think that strangers are kept out.
            complain(
                *authorities,
                path + ".client_ca_file is for client_certificate optional or required only"
            );
        }
    }

    /// Every path of the public listener answers for one thing.
    void check_paths() {
        constexpr std::array<std::string_view, 5> kFixed{
            "/oauth2/jwks",
            "/oauth2/revoke",
            "/oauth2/bc-authorize",
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server"};
        std::set<std::string> taken{kFixed.begin(), kFixed.end()};
        std::set<std::string> prefixes;
        for (const auto& mount : items("http.mounts")) {
            const auto* prefix = mount.find("prefix");
            if (prefix == nullptr || prefix->text.empty()) {
                continue;
            }
            if (!prefixes.insert(prefix->text).second) {
                complain(*prefix, "another mount has this prefix already");
            }
            taken.insert(prefix->text + "/verify");
            taken.insert(prefix->text + "/device-phone-number");
        }
        for (const auto* list : {"auth.paths.authorize", "auth.paths.token"}) {
            for (const auto& path : items(list)) {
                if (!path.text.empty() && !taken.insert(path.text).second) {
                    complain(path, std::string{list} + ": something else answers at this path");
                }
            }
        }
    }

    void check_limits() {
        const auto* uri = root_.find_path("http.limits.uri_bytes");
        const auto* head = root_.find_path("http.limits.head_bytes");
        if (uri != nullptr && head != nullptr &&
            parse_size(uri->text).value_or(0) > parse_size(head->text).value_or(~0ULL)) {
            complain(*uri, "http.limits.uri_bytes must not be more than http.limits.head_bytes");
        }
        const auto* lateness = root_.find_path("directory.lateness_max");
        const auto* skew = root_.find_path("directory.conflict_skew");
        if (lateness != nullptr && skew != nullptr &&
            parse_duration(lateness->text).value_or(Milliseconds::max()) <
                parse_duration(skew->text).value_or(Milliseconds::zero())) {
            complain(
                *lateness, "directory.lateness_max must not be less than directory.conflict_skew"
            );
        }
    }

    void check_domains() {
        std::set<std::string> names;
        std::map<std::string, std::string> networks;
        for (const auto& domain : items("directory.domains")) {
            const auto* name = domain.find("name");
            const auto* devices = domain.find("devices");
            if (name == nullptr || devices == nullptr || name->text.empty()) {
                continue;
            }
            if (!names.insert(name->text).second) {
                complain(*name, "another domain has this name already");
            }
            for (const auto& network : devices->items) {
                if (!network.text.empty() && !networks.emplace(network.text, name->text).second) {
                    complain(network, "another domain has this network already");
                }
            }
        }
        const auto* chosen = root_.find_path("directory.default_domain");
        if (chosen != nullptr && !chosen->text.empty() && !names.empty() &&
            !names.contains(chosen->text)) {
            complain(*chosen, "directory.default_domain must be one of directory.domains");
        }
        check_numbering();
    }

    void check_numbering() {
        const auto* prefix = root_.find_path("directory.numbering.national_prefix");
        if (prefix != nullptr && !prefix->text.empty() &&
            is("directory.numbering.country_code", "")) {
            complain(
                *prefix,
                "directory.numbering.national_prefix needs directory.numbering.country_code"
            );
        }
    }

    void check_feeds() {
        const auto* feeds = root_.find_path("ingest.feeds");
        if (feeds != nullptr && feeds->kind == ConfigNode::Kind::list && feeds->items.empty() &&
            has_role("ingest")) {
            complain(*feeds, "ingest.feeds must have an entry where the role ingest runs");
        }
        const auto* brokers = root_.find_path("kafka.brokers");
        if (brokers != nullptr && brokers->kind == ConfigNode::Kind::list &&
            brokers->items.empty() && context_.mode == ConfigurationContext::Mode::regular) {
            complain(*brokers, "kafka.brokers must have an entry: only the sandbox has its own");
        }
        std::set<std::string> topics;
        for (const auto& feed : items("ingest.feeds")) {
            check_topic(feed.find("topic"), topics);
            check_freshness(feed);
        }
        check_topic(root_.find_path("ingest.dead_letter_topic"), topics);
        check_topic(root_.find_path("audit.topic"), topics);
    }

    // Rule R8: without any the watermark would never move, and nothing would ever be answered.
    void check_freshness(const ConfigNode& feed) {
        const auto* freshness = feed.find("freshness");
        const auto* dialect = feed.find("dialect");
        if (freshness != nullptr && freshness->text == "heartbeat" && dialect != nullptr &&
            dialect->text != "native") {
            complain(*freshness, "only the dialect native has heartbeats");
        }
    }

    void check_topic(const ConfigNode* topic, std::set<std::string>& topics) {
        if (topic != nullptr && !topic->text.empty() && !topics.insert(topic->text).second) {
            complain(*topic, "this topic has another use already");
        }
    }

    const ConfigNode& root_;
    const ConfigurationContext& context_;
    Mistakes& mistakes_;
};

}  // namespace

void check_rules_between_settings(
    const ConfigNode& effective, const ConfigurationContext& context, Mistakes& mistakes
) {
    CrossChecks{effective, context, mistakes}.run();
    check_redis(effective, mistakes);
    check_kafka(effective, mistakes);
}

}  // namespace numproof
