// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/grant_seal.h"

#include "daemon/token/field_stream.h"

namespace numproof {
namespace {

constexpr char kBodyVersion = 1;

Bytes associated(std::string_view place, const GrantHeader& header) {
    FieldWriter out;
    out.text(place);
    out.integer(epoch_ms(header.issued_at));
    out.integer(epoch_ms(header.not_after));
    out.integer(header.scopes.bits());
    out.integer(static_cast<std::int64_t>(header.method));
    out.text(header.subscriber.octets());
    out.integer(header.epoch);
    return std::move(out).take();
}

Bytes encode(const GrantBody& body) {
    FieldWriter out;
    out.text({&kBodyVersion, 1});
    out.text(body.msisdn.reveal());
    out.text(body.client_id);
    out.text(body.purpose);
    out.text(body.scope_text);
    out.text(body.session.octets());
    out.integer(epoch_ms(body.auth_time));
    out.text(body.redirect_uri);
    out.text(body.code_challenge);
    out.text(body.nonce);
    return std::move(out).take();
}

Result<GrantBody> decode(std::string_view octets) {
    FieldReader in{octets};
    const auto version = in.text();
    const auto msisdn = Msisdn::parse(in.text());
    std::string client_id{in.text()};
    std::string purpose{in.text()};
    std::string scope_text{in.text()};
    const auto session = SessionId::parse(in.text());
    const auto auth_time = wall_from_ms(in.integer());
    std::string redirect_uri{in.text()};
    std::string code_challenge{in.text()};
    std::string nonce{in.text()};
    if (!in.ended_well() || version != std::string_view{&kBodyVersion, 1} || !msisdn || !session) {
        return fail(ErrorCode::integrity_failure, "grant of a form that we do not know");
    }
    return GrantBody{
        .msisdn = *msisdn,
        .client_id = std::move(client_id),
        .purpose = std::move(purpose),
        .scope_text = std::move(scope_text),
        .session = *session,
        .auth_time = auth_time,
        .redirect_uri = std::move(redirect_uri),
        .code_challenge = std::move(code_challenge),
        .nonce = std::move(nonce),
    };
}

}  // namespace

StoredGrant seal_grant(
    const Vault& vault, std::string_view place, GrantHeader header, const GrantBody& body
) {
    auto sealed = vault.seal(associated(place, header), encode(body));
    return {.header = header, .sealed = std::move(sealed)};
}

Result<GrantBody> open_grant(const Vault& vault, std::string_view place, const StoredGrant& grant) {
    auto plain = vault.open(associated(place, grant.header), grant.sealed);
    if (!plain) {
        return pass_on(plain);
    }
    return decode(*plain);
}

}  // namespace numproof
