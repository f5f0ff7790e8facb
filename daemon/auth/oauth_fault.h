// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "daemon/audit/audit_trail.h"
#include "daemon/http/message.h"

namespace numproof {

/// The errors that our OAuth endpoints answer with (RFC 6749 sections 4.1.2.1 and 5.2, OpenID
/// Connect Core 1.0 section 3.1.2.6).
enum class OAuthError : std::uint8_t {
    invalid_request,
    invalid_client,
    invalid_grant,
    invalid_scope,
    unsupported_grant_type,
    unsupported_response_type,
    request_not_supported,
    request_uri_not_supported,
    access_denied,
    login_required,
    temporarily_unavailable
};

inline constexpr std::size_t kOAuthErrors =
    static_cast<std::size_t>(OAuthError::temporarily_unavailable) + 1;

/// The value of `error`.
[[nodiscard]] std::string_view name_of(OAuthError error) noexcept;

/// An error and why: `reason` is a stable word in static memory, the `error_description` that
/// callers see and the `reason` of audit events.
struct OAuthFault {
    OAuthError error = OAuthError::invalid_request;
    std::string_view reason;
    AuditResult result = AuditResult::refused;

    bool operator==(const OAuthFault&) const = default;
};

template <typename T>
using OAuthResult = tl::expected<T, OAuthFault>;

/// The failing half of an OAuthResult: `return refuse(OAuthError::invalid_grant, "code_expired");`
[[nodiscard]] inline tl::unexpected<OAuthFault> refuse(
    OAuthError error, std::string_view reason
) noexcept {
    return tl::unexpected(OAuthFault{.error = error, .reason = reason});
}

/// As refuse(), for what is not the caller's fault.
[[nodiscard]] inline tl::unexpected<OAuthFault> not_now(std::string_view reason) noexcept {
    return tl::unexpected(OAuthFault{
        .error = OAuthError::temporarily_unavailable,
        .reason = reason,
        .result = AuditResult::error,
    });
}

/// `fault` as JSON (RFC 6749 section 5.2). Status 503 with `Retry-After` for
/// temporarily_unavailable, 401 for invalid_client, else 400.
[[nodiscard]] http::Response fault_answer(const OAuthFault& fault);

}  // namespace numproof
