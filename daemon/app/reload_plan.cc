// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/reload_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "daemon/config/flow_text.h"

namespace numproof {
namespace {

/// A part of the configuration that may change while the daemon runs.
struct Reloadable {
    std::string_view path;
    void (*take)(Settings& to, const Settings& from);
    Renewals renewals{};
};

// The thread that reads feeds writes by what the directory's settings say.
constexpr Renewals kDirectory{.directory = true, .ingest = true, .kafka = false};
constexpr Renewals kFeeds{.directory = false, .ingest = true, .kafka = true};
constexpr Renewals kAuditTopic{.directory = false, .ingest = false, .kafka = true};

void take_directory(Settings& to, const Settings& from) {
    to.directory = from.directory;
}

void take_audit(Settings& to, const Settings& from) {
    auto spool_dir = std::move(to.audit.spool_dir);
    to.audit = from.audit;
    to.audit.spool_dir = std::move(spool_dir);
}

// What is not here is bound, opened or agreed on with others at the start.
constexpr std::array kReloadable{
    Reloadable{
        "http.trusted_proxies",
        [](Settings& to, const Settings& from) {
            to.http.trusted_proxies = from.http.trusted_proxies;
        }},
    Reloadable{
        "http.mounts",
        [](Settings& to, const Settings& from) { to.http.mounts = from.http.mounts; }},
    Reloadable{
        "http.server_names",
        [](Settings& to, const Settings& from) { to.http.server_names = from.http.server_names; }},
    Reloadable{
        "http.limits",
        [](Settings& to, const Settings& from) { to.http.limits = from.http.limits; }},
    Reloadable{
        "http.timeouts",
        [](Settings& to, const Settings& from) { to.http.timeouts = from.http.timeouts; }},
    Reloadable{
        "http.rate_limits",
        [](Settings& to, const Settings& from) {
            to.http.rate_per_client = from.http.rate_per_client;
            to.http.rate_authorize_per_subscriber = from.http.rate_authorize_per_subscriber;
        }},
    Reloadable{
        "auth",
        [](Settings& to, const Settings& from) {
            // The sandbox's own issuer was made of the port that it got.
            auto issuer = from.auth.issuer.empty() ? to.auth.issuer : from.auth.issuer;
            to.auth = from.auth;
            to.auth.issuer = std::move(issuer);
        }},
    Reloadable{"directory.key_file", take_directory},
    Reloadable{"directory", take_directory, kDirectory},
    Reloadable{
        "kafka",
        [](Settings& to, const Settings& from) {
            // The sandbox's own broker is not written down.
            auto brokers = from.kafka.brokers.empty() ? to.kafka.brokers : from.kafka.brokers;
            to.kafka = from.kafka;
            to.kafka.brokers = std::move(brokers);
        },
        kFeeds},
    Reloadable{
        "ingest", [](Settings& to, const Settings& from) { to.ingest = from.ingest; }, kFeeds},
    Reloadable{"audit.topic", take_audit, kAuditTopic},
    Reloadable{"audit.spool_bytes_max", take_audit},
    Reloadable{"audit.on_spool_failure", take_audit},
    Reloadable{"audit.key_file", take_audit},
    Reloadable{"log", [](Settings& to, const Settings& from) { to.log = from.log; }},
};

bool is_below(std::string_view path, std::string_view top) {
    return path == top || (path.starts_with(top) && path[top.size()] == '.');
}

/// nullptr: only a restart changes it.
const Reloadable* reloadable_at(std::string_view path) {
    const auto* const found = std::ranges::find_if(kReloadable, [path](const Reloadable& part) {
        return is_below(path, part.path);
    });
    return found == kReloadable.end() ? nullptr : found;
}

/// A setting that is another now.
struct Difference {
    std::string path;
    ConfigMark at;
};

/// Of a listener that speaks TLS, everything about TLS but that it does.
bool is_listener_tls(std::string_view path) {
    const auto after = path.find("].tls.");
    return path.starts_with("http.listen[") && after != std::string_view::npos;
}

void find_differences(
    const ConfigNode& before,
    const ConfigNode& now,
    const std::string& path,
    std::vector<Difference>& found
) {
    const auto both = [&](ConfigNode::Kind kind) {
        return before.kind == kind && now.kind == kind;
    };
    if (path == "http.listen" && both(ConfigNode::Kind::list) &&
        before.items.size() == now.items.size()) {
        for (std::size_t i = 0; i < now.items.size(); ++i) {
            const auto item = path + "[" + std::to_string(i) + "]";
            find_differences(before.items[i], now.items[i], item, found);
        }
        return;
    }
    if (!both(ConfigNode::Kind::mapping)) {
        if (flow_text(before) != flow_text(now)) {
            found.push_back({.path = path, .at = now.mark});
        }
        return;
    }
    const auto below = [&](const std::string& key) {
        return path.empty() ? key : path + "." + key;
    };
    for (const auto& member : now.members) {
        if (const auto* const old = before.find(member.key)) {
            find_differences(*old, member.value, below(member.key), found);
        } else {
            found.push_back({.path = below(member.key), .at = member.mark});
        }
    }
    for (const auto& member : before.members) {
        if (now.find(member.key) == nullptr) {
            found.push_back({.path = below(member.key), .at = now.mark});
        }
    }
}

/// The plan in the making.
class Comparison {
public:
    void settings(const ConfigNode& before, const ConfigNode& now) {
        std::vector<Difference> differences;
        find_differences(before, now, {}, differences);
        for (auto& difference : differences) {
            if (is_listener_tls(difference.path)) {
                change_if(true, difference.path);
            } else if (const auto* const part = reloadable_at(difference.path)) {
                change_if(true, difference.path, part->renewals);
            } else {
                refuse(difference.path, difference.at, "only a restart changes this");
            }
        }
    }

    void clients(const ClientSnapshot& before, const ClientSnapshot& now) {
        if (!before || !now) {
            return;
        }
        for (const auto& [id, client] : *now) {
            const auto old = before->find(id);
            if (old == before->end()) {
                plan_.changed.push_back("client " + id + " is new");
            } else if (!(old->second == client)) {
                plan_.changed.push_back("client " + id);
            }
        }
        for (const auto& [id, client] : *before) {
            if (!now->contains(id)) {
                plan_.changed.push_back("client " + id + " is gone");
            }
        }
    }

    void certificates(const ListenerTls& before, const ListenerTls& now) {
        for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
            const bool both = before[i] != nullptr && now[i] != nullptr;
            if (both && before[i]->fingerprint() != now[i]->fingerprint()) {
                plan_.changed.push_back("certificate of http.listen[" + std::to_string(i) + "]");
            }
        }
    }

    void change_if(bool different, std::string_view what, Renewals renewals = {}) {
        if (!different) {
            return;
        }
        if (std::ranges::find(plan_.changed, what) == plan_.changed.end()) {
            plan_.changed.emplace_back(what);
        }
        auto& all = plan_.renewals;
        all.directory = all.directory || renewals.directory;
        all.ingest = all.ingest || renewals.ingest;
        all.kafka = all.kafka || renewals.kafka;
    }

    void refuse(std::string_view path, const ConfigMark& at, std::string_view why) {
        auto message = std::string{path} + ": " + std::string{why};
        plan_.refusal +=
            to_text(Mistake{.at = at, .message = std::move(message), .suggestion = {}});
        plan_.refusal += "\n";
    }

    static ConfigMark mark_of(std::string_view path, const ConfigNode& now) {
        const auto* const node = now.find_path(path);
        return node != nullptr ? node->mark : ConfigMark{};
    }

    [[nodiscard]] ReloadPlan take() { return std::move(plan_); }

private:
    ReloadPlan plan_;
};

std::vector<std::string> names_of(const KeyRing& ring) {
    std::vector<std::string> names;
    names.reserve(ring.size());
    for (const auto& named : ring) {
        names.push_back(named.id);
    }
    return names;
}

template <typename Password>
bool differ(const Password& before, const Password& now) {
    return before.reveal() != now.reveal();
}

void compare_passwords(const Passwords& before, const Passwords& now, Comparison& comparison) {
    const auto look = [&](bool different, std::string_view path, Renewals renewals) {
        comparison.change_if(different, path, renewals);
    };
    look(differ(before.redis, now.redis), "directory.redis.password_file", kDirectory);
    look(
        differ(before.sentinel, now.sentinel), "directory.redis.sentinel_password_file", kDirectory
    );
    look(differ(before.kafka, now.kafka), "kafka.security.password_file", kFeeds);
    look(differ(before.kafka_key, now.kafka_key), "kafka.security.key_password_file", kFeeds);
    look(
        differ(before.kafka_client, now.kafka_client), "kafka.security.client_secret_file", kFeeds
    );
}

void compare_files(const KafkaFiles& before, const KafkaFiles& now, Comparison& comparison) {
    const auto look = [&](const Digest& was, const Digest& is, std::string_view path) {
        comparison.change_if(was != is, path, kFeeds);
    };
    look(before.authorities, now.authorities, "kafka.security.ca_file");
    look(before.certificate, now.certificate, "kafka.security.certificate_file");
    look(before.key, now.key, "kafka.security.key_file");
    look(before.token_authorities, now.token_authorities, "kafka.security.token_ca_file");
}

/// Not the addresses: where the system chose a port, it stands in them.
void take_listener_tls(HttpSettings& to, const HttpSettings& from) {
    for (std::size_t i = 0; i < to.listen.size(); ++i) {
        to.listen[i].tls = from.listen[i].tls;
    }
}

}  // namespace

ReloadPlan plan_reload(
    const Foundation& foundation, const Reading& fresh, std::string_view marker_key
) {
    const auto& now = *foundation.edition;
    const auto& tree = fresh.configuration.effective;
    const auto& material = fresh.material;
    Comparison comparison;
    comparison.settings(now.effective, tree);
    comparison.clients(now.clients, material.clients);
    if (now.signer && material.signer) {
        comparison.change_if(now.signer->jwks() != material.signer->jwks(), "signing keys");
    }
    comparison.certificates(now.listeners, material.listeners);
    const auto ring = names_of(material.directory);
    // Who reads feeds seals the directory with the first key from its start on.
    comparison.change_if(
        names_of(now.directory) != ring,
        "directory keys",
        {.directory = false, .ingest = true, .kafka = false}
    );
    if (!marker_key.empty() && std::ranges::find(ring, marker_key) == ring.end()) {
        comparison.refuse(
            "directory.key_file",
            Comparison::mark_of("directory.key_file", tree),
            "lacks key " + std::string{marker_key} + ", which the directory is sealed with"
        );
    }
    comparison.change_if(now.audit.front().id != material.audit.front().id, "audit key");
    compare_passwords(now.passwords, material.passwords, comparison);
    compare_files(now.kafka_files, material.kafka_files, comparison);
    return comparison.take();
}

std::shared_ptr<const Edition> next_edition(
    const Foundation& foundation, Reading fresh, Renewals renewals
) {
    auto settings = foundation.edition->settings;
    for (const auto& part : kReloadable) {
        part.take(settings, fresh.configuration.settings);
    }
    take_listener_tls(settings.http, fresh.configuration.settings.http);
    return std::make_shared<const Edition>(
        EditionParts{
            .settings = std::move(settings),
            .effective = std::move(fresh.configuration.effective),
            .clients = std::move(fresh.material.clients),
            .signer = std::move(fresh.material.signer),
            .directory = std::move(fresh.material.directory),
            .audit = std::move(fresh.material.audit),
            .passwords = std::move(fresh.material.passwords),
            .redis_tls = std::move(fresh.material.redis_tls),
            .listeners = std::move(fresh.material.listeners),
            .kafka_files = fresh.material.kafka_files},
        renewals,
        foundation.crypto,
        foundation.clock,
        foundation.edition.get()
    );
}

}  // namespace numproof
