// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/audit/audit_chain.h"
#include "daemon/audit/audit_events.h"
#include "daemon/audit/audit_trail.h"
#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

/// Holds each kind of event against its published schema.
class EventSchemaTest : public testing::Test {
protected:
    AuditEntry decision(AuditKind kind) {
        FakeAuditLog log;
        AuditTrail trail{
            crypto_,
            {key_},
            clock_,
            log,
            {.version = "1", .config_hash = "c"},
            SpoolFailurePolicy::deny};
        Decision made;
        made.kind = kind;
        made.began = clock_.mono_now();
        const auto deadline = Deadline::after(clock_.mono_now(), Milliseconds{1});
        EXPECT_TRUE(run_now(trail.record(made, deadline)).has_value());
        return log.entries().at(0);
    }

    /// The file name of a type's schema: `io.numproof.admin.v1` is in `admin.v1.schema.json`.
    static std::string schema_of(const AuditRecord& record) {
        static constexpr std::string_view kPrefix = "io.numproof.";
        const auto type = header_of(record, "ce_type").substr(kPrefix.size());
        return std::string{NP_SCHEMAS} + "/" + std::string{type} + ".schema.json";
    }

    static std::vector<std::string> required_by(const std::string& file) {
        simdjson::dom::parser parser;
        std::vector<std::string> names;
        for (const auto name : parser.load(file)["required"].get_array()) {
            names.emplace_back(name.get_string().value());
        }
        return names;
    }

    static std::vector<std::string> members_of(const std::string& json) {
        simdjson::dom::parser parser;
        std::vector<std::string> names;
        for (const auto& [name, value] : parser.parse(json).get_object()) {
            names.emplace_back(name);
        }
        return names;
    }

    OpensslCrypto crypto_;
    FakeClock clock_;
    NamedKey key_ = name_key(crypto_, SecretKey{std::string(32, 'a')});
};

TEST_F(EventSchemaTest, EveryKindHasExactlyThePublishedMembers) {
    AuditChain chain{crypto_, clock_, key_, "/numproof/np1/boot"};
    RefusalSummary summary;
    summary.counts[{.operation = "verify", .reason = "token_missing", .status = 401}] = 1;
    std::vector<AuditRecord> records;
    for (const auto kind :
         {AuditKind::verification_answered,
          AuditKind::verification_denied,
          AuditKind::token_issued,
          AuditKind::authorization_denied}) {
        records.push_back(chain.link(decision(kind)));
    }
    records.push_back(chain.link(entry_of(summary)));
    records.push_back(chain.link(entry_of(AdminEvent{})));
    records.push_back(chain.link(entry_of(ConfigEvent{})));
    records.push_back(chain.link(entry_of(IntegrityEvent{})));
    records.push_back(chain.link_checkpoint());

    ASSERT_EQ(records.size(), 9U);
    for (const auto& record : records) {
        EXPECT_EQ(members_of(record.value), required_by(schema_of(record))) << schema_of(record);
    }
}

}  // namespace
}  // namespace numproof
