// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/memory/memory_grant_store.h"
#include "adapters/openssl/openssl_crypto.h"
#include "daemon/auth/auth_endpoints.h"
#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_directory_standing.h"
#include "tests/fakes/fake_jose.h"
#include "tests/fakes/fake_number_source.h"
#include "tests/fakes/memory_log.h"

namespace numproof {

/// The clients of OauthStand: `app` (CAMARA's rules), `legacy` (v0 habits) and `jwt`
/// (private_key_jwt, key text `jwt-key`). Every secret is `s3cret`.
[[nodiscard]] const ClientRegistry& oauth_clients();

/// The whole authorization server over fakes, asked from the address of one subscriber.
class OauthStand {
public:
    OauthStand();

    /// GET with `parameters` as query, or POST with them as body.
    [[nodiscard]] http::Response authorize(http::Method method, std::string_view parameters);

    /// POST with `form`; an empty `authorization` stands for no such field.
    [[nodiscard]] http::Response token(std::string_view form, std::string_view authorization);
    [[nodiscard]] http::Response revoke(std::string_view form, std::string_view authorization);

    /// A code of `app` that nobody has presented yet.
    [[nodiscard]] std::string new_code();

    [[nodiscard]] const FakeAuditLog& audit_log() const noexcept { return audit_log_; }

    [[nodiscard]] const FakeClock& clock() const noexcept { return clock_; }

private:
    [[nodiscard]] AuthParts parts();
    void put_subscriber(const SubscriberId& subscriber);
    [[nodiscard]] Deadline deadline() const;

    OpensslCrypto crypto_;
    KeyRing ring_{name_key(crypto_, SecretKey{std::string(32, 'k')})};
    Vault vault_{crypto_, ring_};
    TokenCodec codec_{vault_};
    FakeClock clock_;
    MemoryStore store_{clock_};
    MemoryGrantStore grants_{store_};
    FakeDirectoryStanding standing_;
    FakeNumberSource numbers_;
    FakeAuditLog audit_log_;
    AuditTrail audit_{crypto_, ring_, clock_, audit_log_, {}, SpoolFailurePolicy::deny};
    FakeTokenSigner signer_;
    FakeTokenOpener opener_;
    AuthMetrics metrics_;
    MemoryLog log_;
    std::unique_ptr<AuthEndpoints> endpoints_;
};

}  // namespace numproof
