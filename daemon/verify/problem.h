// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "daemon/http/message.h"

namespace numproof {

/// Every reason why a request to the API gets an error. The list is closed: an error profile has
/// one answer for each.
enum class Problem : std::uint8_t {
    malformed_http,         ///< The gate could not read it as HTTP.
    bad_correlator,         ///< `x-correlator` breaks its pattern.
    no_credentials,         ///< No `Authorization`, no token in it, or another scheme.
    bad_token,              ///< Malformed, made up, or none that the store knows.
    used_token,             ///< It gave its answer before (rule R13).
    revoked_token,          ///< It was revoked.
    token_of_another_life,  ///< Older than the store's last failover (rule R13).
    expired_token,          ///< Its time is over.
    binding_changed,        ///< SIM swap, number change, port-out or suspension since (rule R3).
    client_gone,            ///< Its client is not registered any more.
    scope_missing,          ///< It does not allow this operation.
    method_refused,         ///< The device was not identified by network or SIM.
    no_binding,             ///< It is bound to no number.
    media_type,             ///< The body is not declared as `application/json`.
    missing_body,           ///< There is none.
    unreadable_body,        ///< Not JSON, not an object, or a key twice.
    missing_field,          ///< Neither `phoneNumber` nor `hashedPhoneNumber`.
    bad_field,              ///< A value breaks its pattern.
    both_fields,            ///< `phoneNumber` and `hashedPhoneNumber` together.
    unknown_field,          ///< A field that the contract does not have.
    rate_limited,           ///< The client asks too often.
    unknown_path,           ///< Nothing is there.
    method_not_allowed,     ///< The path has other methods.
    request_timeout,        ///< Head or body came too slowly.
    length_required,        ///< A body without a length.
    body_too_large,
    uri_too_long,
    expectation_failed,
    misdirected,  ///< `Host` is none of ours.
    head_too_large,
    version_not_supported,
    overloaded,         ///< A bound of ours was hit.
    directory_unready,  ///< Cold, stale, rebuilding, or a clock that is wrong (rules R4, R8, R10).
    store_failed,       ///< The store did not answer; whether the token is used is not known.
    number_unknown,     ///< The store does not know the number's record: unknown, never "no".
    sealed_value_broken,  ///< A stored value did not open (rule R11).
    audit_failed,         ///< The audit event could not be made durable (rule R14).
    timeout,              ///< Our own time ran out.
    internal              ///< A bug of ours.
};

inline constexpr std::size_t kProblemCount = static_cast<std::size_t>(Problem::internal) + 1;

/// A value, or the problem that the caller hears of.
template <typename T>
using OrProblem = tl::expected<T, Problem>;

/// Our own stable word for `problem`: the `reason` of audit events, never seen by a caller.
[[nodiscard]] std::string_view name_of(Problem problem) noexcept;

/// How one problem is answered under one error profile.
struct ErrorAnswer {
    int status = 500;
    std::string code;  ///< As the caller sees it; Orange's numbers in decimal.
    std::string body;  ///< JSON, ready to be sent.
};

/// An error profile in the words of one contract: one answer per problem.
using ErrorTable = std::array<ErrorAnswer, kProblemCount>;

[[nodiscard]] inline const ErrorAnswer& answer_to(const ErrorTable& table, Problem problem) {
    return table[static_cast<std::size_t>(problem)];
}

/// The answer to `problem` with the fields that belong to it: `WWW-Authenticate` on 401 and 403
/// (RFC 6750 section 3), `Retry-After` on 429, 503 and 504 (1 s).
[[nodiscard]] http::Response error_response(const ErrorTable& table, Problem problem);

}  // namespace numproof
