// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/audit/audit_trail.h"
#include "daemon/auth/form.h"
#include "daemon/auth/oauth_fault.h"
#include "daemon/http/message.h"
#include "daemon/ports/clock.h"

namespace numproof {

/// The parameters of a form in the body (`application/x-www-form-urlencoded`), or the fault that
/// anything else is.
[[nodiscard]] OAuthResult<Form> read_body_form(const http::Request& request);

/// The parameters of the query.
[[nodiscard]] OAuthResult<Form> read_query_form(const http::Request& request);

/// The value of `x-correlator` if it is there and good; else empty.
[[nodiscard]] std::string_view correlator_of(const http::Request& request) noexcept;

/// A decision about `request` that begins now.
[[nodiscard]] Decision begin_decision(
    Operation operation, const http::Request& request, const Clock& clock
);

/// Makes `decision` a refusal for `fault`, answered with `status`.
void decide_against(Decision& decision, const OAuthFault& fault, int status);

/// What callers hear when a decision could not be made durable (rule R14).
inline constexpr OAuthFault kAuditFault{
    .error = OAuthError::temporarily_unavailable,
    .reason = "audit_unavailable",
    .result = AuditResult::error,
};

}  // namespace numproof
