// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/id_token.h"

#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

constexpr Milliseconds kLife = std::chrono::seconds{300};

std::int64_t seconds_of(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string pairwise_subject(
    const Vault& vault, std::string_view client_id, const Msisdn& msisdn
) {
    Bytes both{msisdn.reveal()};
    both.push_back('\0');
    both += client_id;
    return to_base64url(as_view(vault.mac("pairwise subject", both)));
}

std::string id_token_claims(const IdTokenParties& parties, const GrantBody& body, WallTime now) {
    JsonWriter json;
    json.begin_object();
    json.key("iss").text(parties.issuer);
    json.key("sub").text(parties.subject);
    json.key("aud").text(body.client_id);
    json.key("exp").number(seconds_of(now + kLife));
    json.key("iat").number(seconds_of(now));
    json.key("auth_time").number(seconds_of(body.auth_time));
    if (!body.nonce.empty()) {
        json.key("nonce").text(body.nonce);
    }
    json.key("amr").begin_array().text("nba").end_array();
    json.end_object();
    return json.take();
}

}  // namespace numproof
