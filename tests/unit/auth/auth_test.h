// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "adapters/memory/memory_grant_store.h"
#include "adapters/openssl/openssl_crypto.h"
#include "daemon/auth/auth_endpoints.h"
#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_directory_standing.h"
#include "tests/fakes/fake_jose.h"
#include "tests/fakes/fake_number_source.h"
#include "tests/fakes/faulty_grant_store.h"
#include "tests/fakes/memory_log.h"
#include "tests/fakes/run_task.h"

namespace numproof {

/// Parameters of a request, or of a redirect.
using Parameters = std::map<std::string, std::string>;

/// The whole authorization server over fakes, with one subscriber at hand and three clients:
/// `app` (CAMARA's rules), `legacy` (v0 habits) and `jwt` (private_key_jwt, key text `jwt-key`).
class AuthTest : public testing::Test {
protected:
    static constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    static constexpr std::string_view kCallback = "https://app.example/cb";
    static constexpr std::string_view kPurpose = "dpv:FraudPreventionAndDetection";

    AuthTest();

    /// A good authorization request of `app`.
    [[nodiscard]] static Parameters good_request();

    /// A good token request for `code` of `app`, client_secret_post.
    [[nodiscard]] static Parameters good_exchange(const std::string& code);

    /// A good assertion of `jwt`; members of `changes` replace or (empty) remove claims as JSON.
    [[nodiscard]] std::string assertion(
        const Parameters& changes = {}, std::string_view key = "jwt-key"
    );

    /// GET /oauth2/authorize from the subscriber's address.
    [[nodiscard]] http::Response authorize(const Parameters& parameters);
    [[nodiscard]] http::Response authorize_raw(const http::Request& request);

    /// POST with these parameters.
    [[nodiscard]] http::Response token(
        const Parameters& parameters, std::vector<http::Field> fields = {}
    );
    [[nodiscard]] http::Response revoke(const Parameters& parameters);

    /// A fresh code for `app`.
    [[nodiscard]] std::string new_code();

    /// What the store would say to a verify with `text`.
    [[nodiscard]] ClaimOutcome claim(const std::string& text);

    /// The subscriber's record in the store.
    void put_subscriber(SubscriberHead head);

    [[nodiscard]] static Parameters redirect_of(const http::Response& response);
    [[nodiscard]] static std::string error_of(const http::Response& response);

    /// `error reason` of a JSON error.
    [[nodiscard]] static std::string fault_of(const http::Response& response);

    /// A text member of a JSON object, `<none>` without.
    [[nodiscard]] static std::string member(std::string_view json, std::string_view name);

    [[nodiscard]] Deadline deadline() const {
        return Deadline::after(clock_.mono_now(), std::chrono::seconds{2});
    }

    Client& client(const std::string& id) { return clients_->at(id); }

    /// The newest audit event's data.
    [[nodiscard]] const std::string& last_event() const { return audit_log_.entries().back().data; }

    OpensslCrypto crypto_;
    KeyRing ring_{name_key(crypto_, SecretKey{std::string(32, 'k')})};
    Vault vault_{crypto_, ring_};
    TokenCodec codec_{vault_};
    FakeClock clock_;
    MemoryStore store_{clock_};
    MemoryGrantStore memory_{store_};
    StoreFaults faults_;
    FaultyGrantStore grants_{memory_, faults_};
    FakeDirectoryStanding standing_;
    FakeNumberSource numbers_;
    FakeAuditLog audit_log_;
    AuditTrail audit_{crypto_, ring_, clock_, audit_log_, {}, SpoolFailurePolicy::deny};
    FakeTokenSigner signer_;
    FakeTokenOpener opener_;
    AuthMetrics metrics_;
    MemoryLog log_;
    RateLimiter limiter_{{.rate = 1, .burst = 10}, 100};
    std::shared_ptr<ClientRegistry> clients_ = std::make_shared<ClientRegistry>();
    Msisdn number_ = Msisdn::parse("+34600000001").value();
    Proven proven_{
        .msisdn = number_,
        .subscriber = vault_.subscriber_id(number_),
        .epoch = 7,
        .session = vault_.session_id({.source = "smf", .session = "1"}),
    };
    std::unique_ptr<AuthEndpoints> endpoints_;

private:
    [[nodiscard]] AuthParts parts();
    void add_clients();
};

/// `parameters` as a query or form.
[[nodiscard]] std::string to_form(const Parameters& parameters);

}  // namespace numproof
