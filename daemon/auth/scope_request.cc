// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/scope_request.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::string_view kPurposePrefix = "dpv:";

tl::unexpected<OAuthFault> bad(std::string_view reason) {
    return refuse(OAuthError::invalid_scope, reason);
}

class ScopeReader {
public:
    explicit ScopeReader(const Client& client) : client_(client) {}

    OAuthResult<void> read(std::string_view words) {
        while (!words.empty()) {
            const auto end = std::min(words.find(' '), words.size());
            const auto word = words.substr(0, end);
            words.remove_prefix(std::min(end + 1, words.size()));
            if (word.empty() || word == "offline_access") {
                continue;
            }
            if (auto good = take(word); !good) {
                return good;
            }
            append(word);
        }
        return {};
    }

    [[nodiscard]] ScopeRequest& request() noexcept { return request_; }

private:
    OAuthResult<void> take(std::string_view word) {
        return word.starts_with(kPurposePrefix) ? take_purpose(word) : take_scope(word);
    }

    OAuthResult<void> take_scope(std::string_view name) {
        auto scope = find_scope(name);
        if (!scope && client_.legacy_scopes == Client::LegacyScopes::accepted) {
            scope = find_legacy_scope(name);
        }
        if (!scope) {
            return bad("unknown_scope");
        }
        if (!client_.scopes.has(*scope)) {
            return bad("scope_not_allowed");
        }
        request_.scopes.add(*scope);
        return {};
    }

    OAuthResult<void> take_purpose(std::string_view word) {
        const auto mark = client_.legacy_scopes == Client::LegacyScopes::accepted
                              ? word.find('#')
                              : std::string_view::npos;
        const auto purpose = word.substr(0, mark);
        if (std::ranges::find(client_.purposes, purpose) == client_.purposes.end()) {
            return bad("purpose_not_allowed");
        }
        if (!request_.purpose.empty() && request_.purpose != purpose) {
            return bad("more_than_one_purpose");
        }
        request_.purpose = purpose;
        return mark == std::string_view::npos ? OAuthResult<void>{}
                                              : take_scope(word.substr(mark + 1));
    }

    void append(std::string_view word) {
        request_.text += request_.text.empty() ? "" : " ";
        request_.text += word;
    }

    const Client& client_;
    ScopeRequest request_;
};

}  // namespace

OAuthResult<ScopeRequest> read_scope(std::string_view text, const Client& client) {
    ScopeReader reader{client};
    auto good = reader.read(text);
    auto& request = reader.request();
    if (good && !request.scopes.has_api_scope()) {
        good = reader.read(client.default_scopes);
    }
    if (good && request.purpose.empty()) {
        good = reader.read(client.default_purpose);
    }
    if (!good) {
        return tl::unexpected(good.error());
    }
    if (!request.scopes.has_api_scope()) {
        return bad("no_api_scope");
    }
    if (request.purpose.empty()) {
        return bad("no_purpose");
    }
    return std::move(request);
}

}  // namespace numproof
