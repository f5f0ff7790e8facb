// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/kafka_tokens.h"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "adapters/curl/http_client.h"
#include "daemon/auth/form.h"
#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr Milliseconds kAnswerWithin{5'000};
constexpr std::int64_t kLifeUntold = 60;
constexpr std::int64_t kLifeMax = 86'400;

/// The client's name and secret are form-encoded before they are joined (RFC 6749 section 2.3.1).
std::string basic_credentials(const std::string& client, const KafkaPassword& secret) {
    return "Basic " +
           to_base64(encode_query_text(client) + ":" + encode_query_text(secret.reveal()));
}

ClientRequest request_of(const Edition& edition) {
    const auto& security = edition.settings.kafka.security;
    ClientRequest request{
        .method = "POST",
        .url = security.token_endpoint_url,
        .ca_file = security.token_ca_file,
        .body = "grant_type=client_credentials",
        .deadline = kAnswerWithin};
    if (!security.scope.empty()) {
        request.body += "&scope=" + encode_query_text(security.scope);
    }
    request.fields = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "application/json"},
        {"Authorization", basic_credentials(security.client_id, edition.passwords.kafka_client)}};
    return request;
}

/// An OAuth error code (RFC 6749 section 5.2) for a log line; nothing that does not look like one.
std::string error_word(const simdjson::dom::element& answer) {
    std::string_view word;
    if (answer["error"].get(word) != simdjson::SUCCESS || word.size() > 64) {
        return {};
    }
    const bool plain =
        std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return plain ? ": " + std::string{word} : std::string{};
}

}  // namespace

Result<KafkaToken> read_token_answer(int status, std::string_view body, WallTime now) {
    simdjson::dom::parser parser;
    simdjson::dom::element answer;
    const simdjson::padded_string padded{body};
    const bool readable =
        parser.parse(padded).get(answer) == simdjson::SUCCESS && answer.is_object();
    if (status != 200) {
        return fail(
            ErrorCode::broker_unavailable,
            "the token endpoint answered " + std::to_string(status) +
                (readable ? error_word(answer) : std::string{})
        );
    }
    std::string_view token;
    if (!readable || answer["access_token"].get(token) != simdjson::SUCCESS || token.empty()) {
        return fail(ErrorCode::broker_unavailable, "the token endpoint's answer has no token");
    }
    std::int64_t life = kLifeUntold;
    if (answer["expires_in"].get(life) != simdjson::SUCCESS || life <= 0) {
        life = kLifeUntold;
    }
    return KafkaToken{
        .value = Secret<KafkaTokenTag>{std::string{token}},
        .expires = now + std::chrono::seconds{std::min(life, kLifeMax)}};
}

KafkaTokenSource kafka_token_source_of(const Clock& clock, std::shared_ptr<const Edition> edition) {
    if (edition->settings.kafka.security.mechanism != "OAUTHBEARER") {
        return {};
    }
    return [&clock, edition = std::move(edition)]() -> Result<KafkaToken> {
        // A token's life is counted from before the question: then it ends sooner, never later.
        const auto asked_at = clock.wall_now();
        auto answer = send_request(request_of(*edition));
        if (!answer) {
            return fail(
                ErrorCode::broker_unavailable,
                "no answer from the token endpoint: " + answer.error().detail
            );
        }
        return read_token_answer(answer->status, answer->body, asked_at);
    };
}

}  // namespace numproof
