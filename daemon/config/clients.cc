// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/clients.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/config/client_keys.h"
#include "daemon/config/setting_table.h"
#include "daemon/config/setting_view.h"
#include "daemon/config/table_reader.h"

namespace numproof {
namespace {

void complain(Mistakes& mistakes, const ConfigNode& at, std::string message) {
    mistakes.push_back({at.mark, std::move(message), {}});
}

bool has_word(const ConfigNode& list, std::string_view word) {
    return std::ranges::find(list.items, word, &ConfigNode::text) != list.items.end();
}

/// Every method has what it needs, and nothing lies about that no method uses.
void check_auth(const ConfigNode& auth, Mistakes& mistakes) {
    const auto* methods = auth.find("methods");
    const auto* hash = auth.find("secret_hash");
    const auto* jwks = auth.find("jwks");
    if (methods == nullptr || methods->items.empty() || hash == nullptr || jwks == nullptr) {
        return;
    }
    if (has_word(*methods, "")) {
        return;  // One of them was refused: nobody knows what it would need.
    }
    const bool by_secret =
        has_word(*methods, "client_secret_basic") || has_word(*methods, "client_secret_post");
    const bool by_key = has_word(*methods, "private_key_jwt");
    const bool no_hash = hash->kind == ConfigNode::Kind::null;
    const bool no_keys = jwks->kind == ConfigNode::Kind::null;
    // A value that was refused is null as well, and stands where it was written.
    if (by_secret && no_hash && hash->mark == auth.mark) {
        complain(mistakes, auth, "auth.methods with client_secret_* need auth.secret_hash");
    }
    if (!by_secret && !no_hash) {
        complain(mistakes, *hash, "auth.secret_hash is used with client_secret_* only");
    }
    const auto* uri = auth.find("jwks_uri");
    const bool uri_refused = uri != nullptr && uri->mark != auth.mark;
    if (by_key && no_keys && jwks->mark == auth.mark && !uri_refused) {
        complain(mistakes, auth, "auth.methods with private_key_jwt need auth.jwks");
    }
    if (!by_key && !no_keys) {
        complain(mistakes, *jwks, "auth.jwks is used with private_key_jwt only");
    }
}

/// With several keys, `kid` is what tells them apart.
void check_key_names(const ConfigNode& auth, Mistakes& mistakes) {
    const auto* keys = auth.find_path("jwks.keys");
    if (keys == nullptr || keys->items.size() < 2) {
        return;
    }
    std::set<std::string> names;
    for (const auto& key : keys->items) {
        const auto* kid = key.find("kid");
        if (kid == nullptr || !names.insert(kid->text).second || kid->text.empty()) {
            complain(mistakes, key, "several keys must have a kid each, and different ones");
        }
    }
}

void check_defaults(const ConfigNode& client, Mistakes& mistakes) {
    const auto* scopes = client.find("scopes");
    const auto* defaults = client.find("default_scopes");
    if (scopes != nullptr && defaults != nullptr && !scopes->items.empty()) {
        for (const auto& scope : defaults->items) {
            if (!scope.text.empty() && !has_word(*scopes, scope.text)) {
                complain(mistakes, scope, "default_scopes must be among scopes");
            }
        }
    }
    const auto* purposes = client.find("purposes");
    const auto* purpose = client.find("default_purpose");
    if (purposes != nullptr && purpose != nullptr && !purpose->text.empty() &&
        !has_word(*purposes, purpose->text)) {
        complain(mistakes, *purpose, "default_purpose must be among purposes");
    }
}

void check_clients(const ConfigNode& clients, Mistakes& mistakes) {
    std::set<std::string> ids;
    for (const auto& client : clients.items) {
        const auto* id = client.find("id");
        if (id != nullptr && !id->text.empty() && !ids.insert(id->text).second) {
            complain(mistakes, *id, "another client has this id already");
        }
        if (const auto* auth = client.find("auth"); auth != nullptr) {
            check_auth(*auth, mistakes);
            check_key_names(*auth, mistakes);
        }
        check_defaults(client, mistakes);
    }
}

ClientAuthMethod make_method(std::string_view name) {
    if (name == "client_secret_basic") {
        return ClientAuthMethod::client_secret_basic;
    }
    return name == "client_secret_post" ? ClientAuthMethod::client_secret_post
                                        : ClientAuthMethod::private_key_jwt;
}

ScopeSet make_scopes(const SettingView& list) {
    ScopeSet scopes;
    for (const auto& name : list.texts()) {
        if (const auto scope = find_scope(name)) {
            scopes.add(*scope);
        }
    }
    return scopes;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

Client::RedirectAtToken make_redirect_rule(std::string_view word) {
    if (word == "ignored") {
        return Client::RedirectAtToken::ignored;
    }
    return word == "optional" ? Client::RedirectAtToken::optional : Client::RedirectAtToken::exact;
}

void add_auth(const SettingView& auth, Client& client) {
    for (const auto& method : auth["methods"].texts()) {
        client.auth_methods.push_back(make_method(method));
    }
    client.secret_hash = auth["secret_hash"].text();
    if (const auto jwks = auth["jwks"]; !jwks.null()) {
        for (const auto& key : jwks["keys"].items()) {
            client.keys.push_back(make_client_key(key));
        }
    }
}

Client make_client(const SettingView& view) {
    Client client;
    client.id = view["id"].text();
    client.name = view["name"].null() ? client.id : view["name"].text();
    add_auth(view["auth"], client);
    client.redirect_uris = view["redirect_uris"].texts();
    client.scopes = make_scopes(view["scopes"]);
    client.purposes = view["purposes"].texts();
    client.pkce =
        view["pkce"].text() == "optional" ? Client::Pkce::optional : Client::Pkce::required;
    client.default_scopes = joined(view["default_scopes"].texts());
    client.default_purpose = view["default_purpose"].text();
    client.number_plus_sign = view["accept_number_without_plus"].boolean()
                                  ? Client::PlusSign::optional
                                  : Client::PlusSign::required;
    client.redirect_uri_at_token = make_redirect_rule(view["redirect_uri_at_token"].text());
    client.legacy_scopes = view["legacy_scopes"].boolean() ? Client::LegacyScopes::accepted
                                                           : Client::LegacyScopes::refused;
    client.rate = view["rate"].rate_limit();
    return client;
}

}  // namespace

Checked<ClientRegistry> read_clients(const ConfigNode& written) {
    if (written.kind == ConfigNode::Kind::null) {
        return ClientRegistry{};
    }
    Mistakes mistakes;
    const auto known_keys = without_foreign_key_members(written, mistakes);
    const auto effective = complete(known_keys, client_table(), mistakes);
    check_clients(effective, mistakes);
    if (!mistakes.empty()) {
        return tl::unexpected<Mistakes>(std::move(mistakes));
    }
    ClientRegistry clients;
    for (const auto& view : SettingView{effective}.items()) {
        auto client = make_client(view);
        auto id = client.id;
        clients.emplace(std::move(id), std::move(client));
    }
    return clients;
}

}  // namespace numproof
