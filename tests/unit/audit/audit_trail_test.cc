// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/audit_trail.h"

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/audit/audit_events.h"
#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

class AuditTrailTest : public testing::Test {
protected:
    AuditTrail trail(SpoolFailurePolicy policy = SpoolFailurePolicy::deny) {
        return {crypto_, {key_}, clock_, log_, {.version = "0.1.0", .config_hash = "c0"}, policy};
    }

    Deadline soon() const { return Deadline::after(clock_.mono_now(), Milliseconds{100}); }

    Decision answer() const {
        Decision decision;
        decision.kind = AuditKind::verification_answered;
        decision.operation = Operation::verify;
        decision.result = AuditResult::match;
        decision.contract = "v2";
        decision.client_id = "sandbox-app";
        decision.purpose = "dpv:FraudPreventionAndDetection";
        decision.scope = "number-verification:verify";
        decision.status = 200;
        decision.subscriber = SubscriberId::parse("0123456789abcdef").value();
        decision.token = Digest{1, 2, 3};
        decision.method = AuthMethod::network;
        decision.epoch = 7;
        decision.watermark_age = Milliseconds{214};
        decision.session = SessionId::parse("fedcba98765").value();
        decision.began = clock_.mono_now() - std::chrono::microseconds{812};
        decision.correlation_id = "corr";
        decision.trace_parent = "00-trace";
        return decision;
    }

    Decision refusal(std::string reason) const {
        Decision decision;
        decision.kind = AuditKind::verification_denied;
        decision.result = AuditResult::refused;
        decision.contract = "v2";
        decision.status = 401;
        decision.code = "UNAUTHENTICATED";
        decision.reason = std::move(reason);
        decision.began = clock_.mono_now();
        return decision;
    }

    std::string reference(std::string_view kind, std::string_view octets) const {
        const auto data = std::string{kind} + "\n" + std::string{octets};
        return "hmac" + to_hex(as_view(crypto_.hmac_sha256(key_.key, data)));
    }

    OpensslCrypto crypto_;
    FakeClock clock_;
    FakeAuditLog log_;
    NamedKey key_ = name_key(crypto_, SecretKey{std::string(32, 'a')});
};

TEST_F(AuditTrailTest, WritesAnAnswerInThePublishedForm) {
    auto audit = trail();
    const auto decision = answer();

    ASSERT_TRUE(run_now(audit.record(decision, soon())).has_value());

    ASSERT_EQ(log_.entries().size(), 1U);
    const auto& entry = log_.entries()[0];
    const auto subscriber = reference("subscriber", "0123456789abcdef");
    const auto token = reference("token", as_view(Digest{1, 2, 3}));
    const auto session = reference("session", "fedcba98765");
    EXPECT_EQ(
        entry.data,
        R"({"operation":"verify","contract":"v2","client_id":"sandbox-app",)"
        R"("purpose":"dpv:FraudPreventionAndDetection","scope":"number-verification:verify",)"
        R"("result":"match","status":200,"code":null,"reason":null,"subscriber_ref":")" +
            subscriber + R"(","token_ref":")" + token + R"(","key_id":")" + key_.id +
            R"(","method":"network","decision":{"epoch":7,"watermark_age_ms":214,)" +
            R"("session_ref":")" + session +
            R"("},"latency_us":812,"config_hash":"c0","version":"0.1.0"})"
    );
    EXPECT_EQ(entry.partition_key, subscriber);
    EXPECT_EQ(entry.correlation_id, "corr");
    EXPECT_EQ(entry.trace_parent, "00-trace");
    EXPECT_EQ(entry.time, clock_.wall_now());
}

TEST_F(AuditTrailTest, WritesNullForWhatIsNotKnown) {
    auto audit = trail();

    ASSERT_TRUE(run_now(audit.record(refusal("token_unknown"), soon())).has_value());

    const auto& entry = log_.entries().at(0);
    EXPECT_EQ(
        entry.data,
        R"({"operation":"verify","contract":"v2","client_id":null,"purpose":null,"scope":null,)"
        R"("result":"refused","status":401,"code":"UNAUTHENTICATED","reason":"token_unknown",)"
        R"("subscriber_ref":null,"token_ref":null,"key_id":")" +
            key_.id +
            R"(","method":null,"decision":{"epoch":null,"watermark_age_ms":null,)"
            R"("session_ref":null},"latency_us":0,"config_hash":"c0","version":"0.1.0"})"
    );
    EXPECT_EQ(entry.partition_key, "node");
}

TEST_F(AuditTrailTest, PartitionsByClientOnlyIfItsNameIsPlain) {
    auto audit = trail();
    const std::pair<std::string, std::string> cases[] = {
        {"app-1", "app-1"}, {"a b", "node"}, {"\xC3\xA9", "node"}, {std::string(129, 'a'), "node"}};
    for (const auto& [client, expected] : cases) {
        auto decision = refusal("client_unknown");
        decision.client_id = client;
        ASSERT_TRUE(run_now(audit.record(decision, soon())).has_value());
        EXPECT_EQ(log_.entries().back().partition_key, expected);
    }
}

TEST_F(AuditTrailTest, NamesOperationsAndResultsAsPublished) {
    EXPECT_EQ(name_of(Operation::verify), "verify");
    EXPECT_EQ(name_of(Operation::device_phone_number), "device-phone-number");
    EXPECT_EQ(name_of(Operation::authorize), "authorize");
    EXPECT_EQ(name_of(Operation::token), "token");
    const std::pair<AuditResult, std::string_view> results[] = {
        {AuditResult::match, "match"},
        {AuditResult::mismatch, "mismatch"},
        {AuditResult::shared, "shared"},
        {AuditResult::issued, "issued"},
        {AuditResult::unknown, "unknown"},
        {AuditResult::refused, "refused"},
        {AuditResult::error, "error"}};
    for (const auto& [result, name] : results) {
        EXPECT_EQ(name_of(result), name);
    }
}

TEST_F(AuditTrailTest, UnderDenyAFailingLogForbidsTheAnswer) {
    auto audit = trail(SpoolFailurePolicy::deny);
    log_.fail_with(ErrorCode::spool_full);

    const auto kept = run_now(audit.record(answer(), soon()));

    ASSERT_FALSE(kept.has_value());
    EXPECT_EQ(kept.error().code, ErrorCode::spool_full);
    EXPECT_EQ(audit.lost(), 0U);
}

TEST_F(AuditTrailTest, UnderAllowALostEventIsCounted) {
    auto audit = trail(SpoolFailurePolicy::allow);
    log_.fail_with(ErrorCode::io_failure);

    EXPECT_TRUE(run_now(audit.record(answer(), soon())).has_value());
    EXPECT_EQ(audit.lost(), 1U);
}

TEST_F(AuditTrailTest, AFloodOfRefusalsGetsFewEventsAndOneSummary) {
    auto audit = trail();
    const auto began = clock_.wall_now();
    for (int i = 0; i < 1000; ++i) {
        audit.note_refusal(refusal(i % 2 == 0 ? "token_missing" : "token_unknown"));
    }
    ASSERT_EQ(log_.entries().size(), RefusalBudget::kEventsPerSecond);

    clock_.advance(Milliseconds{1000});
    EXPECT_TRUE(run_now(audit.summarise(soon())));

    ASSERT_EQ(log_.entries().size(), RefusalBudget::kEventsPerSecond + 1);
    const auto& summary = log_.entries().back();
    EXPECT_EQ(summary.kind, AuditKind::refusals);
    EXPECT_EQ(summary.time, began + Milliseconds{1000});
    EXPECT_EQ(
        summary.data,
        R"({"from":"2026-11-22T10:00:00.000Z","to":"2026-11-22T10:00:01.000Z","counts":[)"
        R"({"operation":"verify","reason":"token_missing","status":401,"count":495},)"
        R"({"operation":"verify","reason":"token_unknown","status":401,"count":495}],)"
        R"("total":990,"config_hash":"c0","version":"0.1.0"})"
    );
}

TEST_F(AuditTrailTest, WritesNoSummaryWhenNothingWasOnlyCounted) {
    auto audit = trail();
    audit.note_refusal(refusal("token_missing"));

    EXPECT_TRUE(run_now(audit.summarise(soon())));

    EXPECT_EQ(log_.entries().size(), 1U);
}

TEST_F(AuditTrailTest, ARefusalThatCouldNotBeWrittenIsStillCounted) {
    auto audit = trail();
    log_.fail_with(ErrorCode::queue_full);
    audit.note_refusal(refusal("token_missing"));
    EXPECT_FALSE(run_now(audit.summarise(soon())));
    log_.work();

    EXPECT_TRUE(run_now(audit.summarise(soon())));

    ASSERT_EQ(log_.entries().size(), 1U);
    EXPECT_NE(log_.entries()[0].data.find(R"("total":1)"), std::string::npos);
    EXPECT_NE(
        log_.entries()[0].data.find(R"("from":"2026-11-22T10:00:00.000Z")"), std::string::npos
    );
}

TEST_F(AuditTrailTest, NotingARefusalDoesNotWaitForTheLog) {
    {
        auto audit = trail();
        log_.hold();
        audit.note_refusal(refusal("token_missing"));
    }

    log_.release();

    EXPECT_EQ(log_.entries().size(), 1U);
}

TEST(RefusalBudget, AdmitsAnewEverySecond) {
    RefusalBudget budget;
    MonoTime now{std::chrono::hours{1}};
    const auto admitted = [&] {
        int count = 0;
        for (int i = 0; i < 100; ++i) {
            count += budget.admit(now) ? 1 : 0;
        }
        return count;
    };

    EXPECT_EQ(admitted(), 10);
    now += Milliseconds{999};
    EXPECT_EQ(admitted(), 0);
    now += Milliseconds{1};
    EXPECT_EQ(admitted(), 10);
}

TEST(RefusalBudget, KeepsItsGroupsBounded) {
    RefusalBudget budget;
    for (int i = 0; i < 1000; ++i) {
        budget.count({.operation = "verify", .reason = std::to_string(i), .status = 401});
    }

    const auto counts = budget.take();

    EXPECT_EQ(counts.size(), RefusalBudget::kGroupsMax + 1);
    EXPECT_EQ(counts.at({.operation = "other", .reason = "other", .status = 0}), 936U);
    EXPECT_TRUE(budget.take().empty());
}

TEST(AuditEvents, SayWhatTheConfigurationWas) {
    const auto entry = entry_of(ConfigEvent{
        .time = wall_from_ms(5), .config_hash = "c0", .version = "1", .node = "n", .cause = "start"}
    );

    EXPECT_EQ(entry.kind, AuditKind::config);
    EXPECT_EQ(entry.time, wall_from_ms(5));
    EXPECT_EQ(entry.data, R"({"cause":"start","node":"n","config_hash":"c0","version":"1"})");
}

TEST(AuditEvents, SayWhatDidNotHold) {
    const auto entry = entry_of(IntegrityEvent{
        .time = {}, .what = "directory_record", .place = "np:a:x", .lost = 3});

    EXPECT_EQ(entry.kind, AuditKind::integrity);
    EXPECT_EQ(entry.data, R"({"what":"directory_record","place":"np:a:x","lost_bytes":3})");
}

TEST(AuditEvents, SayWhatAnOperatorDid) {
    const auto entry = entry_of(AdminEvent{
        .time = {},
        .action = "session_lookup",
        .operator_name = "root",
        .object = "",
        .reason = "ticket 7",
        .result = "done"});

    EXPECT_EQ(entry.kind, AuditKind::admin);
    EXPECT_EQ(
        entry.data,
        R"({"action":"session_lookup","operator":"root","object":null,"reason":"ticket 7",)"
        R"("result":"done"})"
    );
}

}  // namespace
}  // namespace numproof
