// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_assertion.h"

#include <algorithm>
#include <cmath>

#include <simdjson.h>

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

namespace dom = simdjson::dom;

constexpr Milliseconds kLifeMax = std::chrono::seconds{300};
constexpr Milliseconds kSkew = std::chrono::seconds{10};
constexpr double kSecondsMax = 1e11;  // Far beyond any date, far below what milliseconds can hold.
constexpr std::size_t kJtiMax = 256;

tl::unexpected<OAuthFault> bad(std::string_view reason) {
    return refuse(OAuthError::invalid_client, reason);
}

// A text member; empty if it is missing or no text.
std::string_view text_of(const dom::object& claims, std::string_view name) {
    std::string_view text;
    return claims[name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

bool has(const dom::object& claims, std::string_view name) {
    return claims[name].error() == simdjson::SUCCESS;
}

// RFC 7519 section 2, NumericDate: seconds, possibly with a fraction.
std::optional<WallTime> time_of(const dom::object& claims, std::string_view name) {
    double seconds = 0;
    if (claims[name].get(seconds) != simdjson::SUCCESS || std::abs(seconds) > kSecondsMax) {
        return std::nullopt;
    }
    return wall_from_ms(static_cast<std::int64_t>(seconds * 1000));
}

bool is_for_us(const dom::object& claims, std::span<const std::string> audiences) {
    const auto ours = [audiences](std::string_view audience) {
        return std::ranges::find(audiences, audience) != audiences.end();
    };
    dom::array several;
    if (claims["aud"].get(several) != simdjson::SUCCESS) {
        return ours(text_of(claims, "aud"));
    }
    return std::ranges::any_of(several.begin(), several.end(), [&ours](dom::element one) {
        std::string_view text;
        return one.get(text) == simdjson::SUCCESS && ours(text);
    });
}

OAuthResult<WallTime> check_times(const dom::object& claims, WallTime now) {
    const auto exp = time_of(claims, "exp");
    if (!exp || *exp <= now) {
        return bad("assertion_expired");
    }
    if (*exp > now + kLifeMax) {
        return bad("assertion_lives_too_long");
    }
    const auto iat = time_of(claims, "iat");
    if (has(claims, "iat") && (!iat || *iat > now + kSkew)) {
        return bad("assertion_from_the_future");
    }
    if (iat && *exp - *iat > kLifeMax) {
        return bad("assertion_lives_too_long");
    }
    const auto nbf = time_of(claims, "nbf");
    if (has(claims, "nbf") && (!nbf || *nbf > now + kSkew)) {
        return bad("assertion_from_the_future");
    }
    return *exp;
}

}  // namespace

std::optional<std::string> claimed_subject(std::string_view compact) {
    const auto first = std::min(compact.find('.'), compact.size());
    const auto rest = compact.substr(std::min(first + 1, compact.size()));
    const auto claims = parse_base64url(rest.substr(0, rest.find('.')));
    dom::parser parser;
    dom::object object;
    if (!claims || parser.parse(*claims).get(object) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    return std::string{text_of(object, "sub")};
}

OAuthResult<AssertionClaims> check_assertion(
    std::string_view claims, const AssertionExpectation& expected
) {
    dom::parser parser;
    dom::object object;
    if (parser.parse(claims.data(), claims.size()).get(object) != simdjson::SUCCESS) {
        return bad("assertion_malformed");
    }
    if (text_of(object, "iss") != expected.client_id ||
        text_of(object, "sub") != expected.client_id) {
        return bad("assertion_of_another_client");
    }
    if (!is_for_us(object, expected.audiences)) {
        return bad("assertion_audience");
    }
    const auto jti = text_of(object, "jti");
    if (jti.empty() || jti.size() > kJtiMax) {
        return bad("assertion_without_jti");
    }
    const auto not_after = check_times(object, expected.now);
    if (!not_after) {
        return tl::unexpected(not_after.error());
    }
    return AssertionClaims{.jti = std::string{jti}, .not_after = *not_after};
}

}  // namespace numproof
