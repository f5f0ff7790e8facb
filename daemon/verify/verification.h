// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/verify/decide.h"
#include "daemon/verify/verifier.h"

namespace numproof {

/// One request to the API, from its first check to its answer. Nothing is claimed unless all that
/// can be checked before is good (rule R13); nothing is answered before its audit event is durable
/// (rule R14).
class Verification {
public:
    /// The state of a Verifier that all its requests use.
    struct Shared {
        const VerifyParts& parts;
        ClientsByTag& clients_by_tag;
        VerifyCommandReader& reader;
    };

    Verification(
        Shared shared,
        ApiFace face,
        Operation operation,
        const http::Request& request,
        Deadline deadline
    );

    /// The answer. To be called once.
    [[nodiscard]] Task<http::Response> answer();

private:
    /// What was asked; nothing for device-phone-number.
    using Asked = std::optional<AskedNumber>;

    /// A token that the store knows.
    struct Resolved {
        ClaimOutcome outcome;
        GrantBody body;
    };

    [[nodiscard]] ClaimOutcome outcome_now(
        ClaimOutcome outcome, const GrantHeader& header, const GrantBody& body
    ) const;
    [[nodiscard]] bool read_correlator();
    [[nodiscard]] OrProblem<PresentedToken> read_token() const;
    void know_token(const PresentedToken& token);
    [[nodiscard]] OrProblem<Asked> read_asked();
    [[nodiscard]] std::optional<Milliseconds> over_rate() const;
    [[nodiscard]] Task<Result<ClaimReply>> claim(ClaimMode mode);
    [[nodiscard]] OrProblem<AuditResult> judge(const Resolved& resolved, const Asked& asked) const;

    [[nodiscard]] Task<http::Response> answer_unknown_token();
    [[nodiscard]] Task<http::Response> answer_resolved(Resolved resolved, OrProblem<Asked> asked);
    [[nodiscard]] Task<http::Response> answer_broken_seal();
    [[nodiscard]] Task<http::Response> give(AuditResult result, std::string body);
    [[nodiscard]] Task<http::Response> deny(Problem problem);
    [[nodiscard]] Task<http::Response> record(http::Response response);
    [[nodiscard]] http::Response turn_away(Problem problem);
    [[nodiscard]] http::Response turn_away_unready(Standing standing);
    [[nodiscard]] http::Response stamped(http::Response response) const;

    void describe_grant(const GrantHeader& header);
    void describe_failure(Problem problem);

    const VerifyParts& parts_;
    ClientsByTag& clients_by_tag_;
    VerifyCommandReader& reader_;
    ApiFace face_;
    const http::Request& request_;
    Deadline deadline_;
    Decision decision_;          // Filled as the request gets known.
    std::string_view reason_{};  // More precise than the problem's name, if not empty.
    DirectoryBasis basis_;
    PresentedToken token_;
    ClientSnapshot clients_;
    const Client* client_ = nullptr;
};

}  // namespace numproof
