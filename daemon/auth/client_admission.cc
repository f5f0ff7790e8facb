// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_admission.h"

#include <utility>

#include "daemon/auth/oauth_request.h"

namespace numproof {

ClientAdmission::ClientAdmission(
    const AuthParts& parts, const AuthServerSettings& settings, std::vector<std::string> others
)
    : parts_(parts),
      authenticator_(parts.vault, parts.opener, parts.clock),
      audiences_(std::move(others)) {
    audiences_.push_back(settings.issuer);
    for (const auto& path : settings.token_paths) {
        audiences_.push_back(url_of(settings, path));
    }
}

tl::expected<AdmittedRequest, TurnedAwayRequest> ClientAdmission::admit(const http::Request& request
) const {
    auto decision = begin_decision(Operation::token, request, parts_.clock);
    auto form = read_body_form(request);
    if (!form) {
        return turn_away(request, std::move(decision), form.error());
    }
    if (form->has_repeats()) {
        const OAuthFault fault{
            .error = OAuthError::invalid_request, .reason = "parameter_repeated"};
        return turn_away(request, std::move(decision), fault);
    }
    auto clients = parts_.clients();
    const ClientsAtEndpoint at{.clients = *clients, .audiences = audiences_};
    auto who = authenticator_.authenticate(request, *form, at);
    if (!who) {
        return turn_away(request, std::move(decision), who.error());
    }
    decision.client_id = who->client.id;
    return AdmittedRequest{
        .clients = std::move(clients),
        .form = std::move(*form),
        .who = std::move(*who),
        .decision = std::move(decision)};
}

tl::unexpected<TurnedAwayRequest> ClientAdmission::turn_away(
    const http::Request& request, Decision decision, const OAuthFault& fault
) const {
    auto answer = back_channel_fault(request, fault);
    decide_against(decision, fault, answer.status);
    parts_.audit.note_refusal(std::move(decision));
    return tl::unexpected(TurnedAwayRequest{.fault = fault, .answer = std::move(answer)});
}

}  // namespace numproof
