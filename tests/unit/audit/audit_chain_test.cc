// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/audit_chain.h"

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/audit/chain_verifier.h"
#include "daemon/base/check.h"
#include "tests/fakes/fake_clock.h"

namespace numproof {
namespace {

class AuditChainTest : public testing::Test {
protected:
    AuditEntry entry(std::string data) const {
        return {
            .kind = AuditKind::verification_answered,
            .time = clock_.wall_now(),
            .partition_key = "p",
            .correlation_id = {},
            .trace_parent = {},
            .data = std::move(data)};
    }

    /// `count` events and a checkpoint.
    std::vector<AuditRecord> sealed(int count) {
        std::vector<AuditRecord> records;
        for (int i = 1; i <= count; ++i) {
            records.push_back(chain_.link(entry(R"({"n":)" + std::to_string(i) + "}")));
        }
        records.push_back(chain_.link_checkpoint());
        return records;
    }

    std::vector<ChainFault> faults(const std::vector<AuditRecord>& records) const {
        const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
        std::vector<ChainFault> found;
        for (const auto& finding : report.findings) {
            found.push_back(finding.fault);
        }
        return found;
    }

    OpensslCrypto crypto_;
    FakeClock clock_;
    NamedKey key_ = name_key(crypto_, SecretKey{std::string(32, 'a')});
    KeyRing ring_{key_};
    AuditChain chain_{crypto_, clock_, key_, "/numproof/np1/boot"};
};

std::string& header(AuditRecord& record, std::string_view name) {
    for (auto& [key, value] : record.headers) {
        if (key == name) {
            return value;
        }
    }
    abort_on_bug("no such header", __FILE__, __LINE__);
}

/// The form of a UUID: `x` for a lower-case digit, its version, `V` for the variant of RFC 9562.
std::string form_of(std::string_view uuid) {
    std::string form;
    for (const char c : uuid) {
        const auto at = form.size();
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        const bool variant = c == '8' || c == '9' || c == 'a' || c == 'b';
        form.push_back(at == 14 || !digit ? c : (at == 19 && variant ? 'V' : 'x'));
    }
    return form;
}

TEST_F(AuditChainTest, CountsFromOneWithoutGaps) {
    const auto records = sealed(3);

    for (std::size_t i = 0; i < records.size(); ++i) {
        EXPECT_EQ(header_of(records[i], "ce_sequence"), std::to_string(i + 1));
    }
}

TEST_F(AuditChainTest, PrevIsTheHashOfTheFiveParts) {
    const auto first = chain_.link(entry(R"({"a":1})"));
    const auto second = chain_.link(entry("{}"));

    const auto text = std::string{header_of(first, "ce_id")} +
                      "\nio.numproof.verification.answered.v1\n2026-11-22T10:00:00.000Z\n1\n" +
                      first.value;
    EXPECT_EQ(first.value, R"({"a":1,"prev":")" + std::string(64, '0') + R"("})");
    EXPECT_EQ(second.value, R"({"prev":")" + to_hex(as_view(crypto_.sha256(text))) + R"("})");
}

TEST_F(AuditChainTest, WritesCloudEventsInBinaryMode) {
    auto asked = entry(R"({"a":1})");
    asked.correlation_id = "corr-1";
    asked.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    const auto record = chain_.link(asked);

    EXPECT_EQ(record.key, "p");
    EXPECT_EQ(header_of(record, "ce_specversion"), "1.0");
    EXPECT_EQ(header_of(record, "ce_source"), "/numproof/np1/boot");
    EXPECT_EQ(header_of(record, "ce_partitionkey"), "p");
    EXPECT_EQ(header_of(record, "ce_correlationid"), "corr-1");
    EXPECT_EQ(header_of(record, "ce_traceparent"), asked.trace_parent);
    EXPECT_EQ(header_of(record, "content-type"), "application/json");
    EXPECT_EQ(form_of(header_of(record, "ce_id")), "xxxxxxxx-xxxx-7xxx-Vxxx-xxxxxxxxxxxx");
    EXPECT_TRUE(header_of(record, "ce_id").starts_with("01a"));
}

TEST_F(AuditChainTest, LeavesOutHeadersThatHaveNoValue) {
    const auto record = chain_.link(entry("{}"));

    for (const auto& [name, value] : record.headers) {
        EXPECT_FALSE(value.empty()) << name;
    }
    EXPECT_EQ(header_of(record, "ce_correlationid"), "");
}

TEST_F(AuditChainTest, EveryStartHasASourceOfItsOwn) {
    std::set<std::string> sources;
    for (int i = 0; i < 100; ++i) {
        sources.insert(new_source(crypto_, "np1"));
    }

    EXPECT_EQ(sources.size(), 100U);
    EXPECT_TRUE(sources.begin()->starts_with("/numproof/np1/"));
}

TEST_F(AuditChainTest, GoesBackAsIfNothingHadBeenLinked) {
    const auto first = chain_.link(entry("{}"));
    const auto place = chain_.place();
    const auto lost = chain_.link(entry(R"({"lost":true})"));
    chain_.rewind(place);
    const auto second = chain_.link(entry("{}"));

    EXPECT_EQ(faults({first, second}), std::vector<ChainFault>{});
    EXPECT_EQ(header_of(lost, "ce_sequence"), header_of(second, "ce_sequence"));
}

TEST_F(AuditChainTest, AsksForACheckpointAfterTenSecondsOnlyIfThereWereEvents) {
    clock_.advance(Milliseconds{60'000});
    EXPECT_FALSE(chain_.checkpoint_due());

    static_cast<void>(sealed(1));
    static_cast<void>(chain_.link(entry("{}")));
    clock_.advance(Milliseconds{9'999});
    EXPECT_FALSE(chain_.checkpoint_due());

    clock_.advance(Milliseconds{1});
    EXPECT_TRUE(chain_.checkpoint_due());
}

TEST_F(AuditChainTest, AsksForACheckpointAfterAThousandEvents) {
    for (int i = 0; i < 999; ++i) {
        static_cast<void>(chain_.link(entry("{}")));
    }
    EXPECT_FALSE(chain_.checkpoint_due());

    static_cast<void>(chain_.link(entry("{}")));
    EXPECT_TRUE(chain_.checkpoint_due());
    static_cast<void>(chain_.link_checkpoint());
    EXPECT_FALSE(chain_.checkpoint_due());
}

TEST_F(AuditChainTest, VerifiesWhatItWrote) {
    auto records = sealed(5);
    records.push_back(chain_.link(entry("{}")));

    const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);

    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.sources, 1U);
    EXPECT_EQ(report.events, 7U);
    EXPECT_EQ(report.checkpoints, 1U);
    EXPECT_EQ(report.unsealed, 1U);
}

TEST_F(AuditChainTest, FindsAnyChangeOfWhatTheHashCovers) {
    const auto good = sealed(4);
    const std::pair<const char*, std::function<void(AuditRecord&)>> edits[] = {
        {"value", [](AuditRecord& r) { r.value[5] = '9'; }},
        {"id", [](AuditRecord& r) { header(r, "ce_id")[0] = 'f'; }},
        {"type", [](AuditRecord& r) { header(r, "ce_type") = "io.numproof.admin.v1"; }},
        {"time", [](AuditRecord& r) { header(r, "ce_time")[3] = '5'; }},
    };
    for (const auto& [what, edit] : edits) {
        for (std::size_t i = 0; i < 4; ++i) {
            auto records = good;
            edit(records[i]);
            EXPECT_EQ(faults(records), std::vector{ChainFault::broken_link}) << what << i;
        }
    }
}

TEST_F(AuditChainTest, FindsMissingEvents) {
    const auto good = sealed(4);
    for (std::size_t i = 0; i < 4; ++i) {
        auto records = good;
        records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_EQ(faults(records), std::vector{ChainFault::missing}) << i;
    }
}

TEST_F(AuditChainTest, FindsEventsThatChangedPlaces) {
    auto moved = sealed(4);
    std::swap(moved[1], moved[2]);
    auto renumbered = moved;
    std::swap(header(renumbered[1], "ce_sequence"), header(renumbered[2], "ce_sequence"));

    EXPECT_EQ(faults(moved), std::vector{ChainFault::out_of_order});
    EXPECT_EQ(faults(renumbered), std::vector(3, ChainFault::broken_link));
}

TEST_F(AuditChainTest, DoesNotAskForOrderWhereTheTopicHasNone) {
    auto records = sealed(4);
    std::swap(records[0], records[3]);

    EXPECT_TRUE(verify_chain(crypto_, {key_}, records, DumpOrder::by_sequence).findings.empty());
}

TEST_F(AuditChainTest, TellsARepetitionFromAFork) {
    auto records = sealed(3);
    records.push_back(records[1]);
    auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.repeated, 1U);

    records.back().value[5] = '9';
    EXPECT_EQ(faults(records), std::vector{ChainFault::forked});
}

TEST_F(AuditChainTest, FindsAWholeChainThatWasWrittenAnewWithoutTheKey) {
    AuditChain forger{
        crypto_,
        clock_,
        {.id = key_.id, .key = SecretKey{std::string(32, 'x')}},
        "/numproof/np1/boot"};
    const std::vector forged{forger.link(entry("{}")), forger.link_checkpoint()};

    EXPECT_EQ(faults(forged), std::vector{ChainFault::wrong_checkpoint});
}

TEST_F(AuditChainTest, SaysWhenACheckpointsKeyIsNotThere) {
    const auto other = name_key(crypto_, SecretKey{std::string(32, 'b')});
    const auto report = verify_chain(crypto_, {other}, sealed(1), DumpOrder::as_written);

    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].fault, ChainFault::unknown_key);
}

TEST_F(AuditChainTest, FindsRecordsThatAreNoAuditEvents) {
    for (const char* name : {"ce_source", "ce_id", "ce_type", "ce_time", "ce_sequence"}) {
        auto record = chain_.link(entry("{}"));
        header(record, name).clear();
        EXPECT_EQ(faults({record}), std::vector{ChainFault::malformed}) << name;
    }
    auto without_prev = chain_.link(entry("{}"));
    without_prev.value = R"({"a":1})";
    EXPECT_EQ(faults({without_prev}), std::vector{ChainFault::malformed});
}

TEST_F(AuditChainTest, RefusesHeadersThatTwoReadersMayReadDifferently) {
    const auto good = chain_.link(entry("{}"));
    auto twice = good;
    twice.headers.emplace_back("ce_time", "2026-11-22T10:00:00.000Z");
    auto other_key = good;
    other_key.key = "q";
    auto split = good;
    header(split, "ce_id") += "\nx";
    auto padded = good;
    header(padded, "ce_sequence") = "01";

    for (const auto& record : {twice, other_key, split, padded}) {
        EXPECT_EQ(faults({record}), std::vector{ChainFault::malformed});
    }
}

TEST_F(AuditChainTest, AsksForTheBeginningUnlessRetentionTookIt) {
    auto records = sealed(5);
    records.erase(records.begin(), records.begin() + 2);
    ChainVerifier later{
        crypto_, ring_, {.order = DumpOrder::as_written, .start = ChainStart::anywhere}};
    for (const auto& record : records) {
        later.add(record);
    }

    EXPECT_EQ(faults(records), std::vector{ChainFault::missing});
    EXPECT_EQ(later.finish().faults, 0U);
}

TEST_F(AuditChainTest, FindsAnEndThatWasCutOffByACopyOfACheckpoint) {
    const auto records = sealed(5);
    const auto& checkpoint = records.back();
    const auto faults_of = [&](std::size_t count) {
        ChainVerifier verifier{crypto_, ring_, {}};
        for (std::size_t i = 0; i < count; ++i) {
            verifier.add(records[i]);
        }
        EXPECT_TRUE(verifier.expect(checkpoint, 7));
        return verifier.finish();
    };

    EXPECT_EQ(faults_of(records.size()).faults, 0U);
    for (std::size_t count = 0; count < records.size(); ++count) {
        const auto report = faults_of(count);
        ASSERT_EQ(report.findings.size(), 1U) << count;
        EXPECT_EQ(report.findings[0].fault, ChainFault::not_as_kept);
        EXPECT_EQ(report.findings[0].sequence, 6U);
        EXPECT_EQ(report.findings[0].position, 7U);
    }
    ChainVerifier verifier{crypto_, ring_, {}};
    EXPECT_FALSE(verifier.expect(AuditRecord{}, 0));
}

TEST_F(AuditChainTest, FindsAnEndThatWasWrittenAnewByACopy) {
    auto changed = sealed(2);
    const auto kept = changed[1];
    changed[1].value[5] = '9';
    changed.resize(2);
    ChainVerifier verifier{crypto_, ring_, {}};
    for (const auto& record : changed) {
        verifier.add(record);
    }
    ASSERT_TRUE(verifier.expect(kept, 0));

    const auto report = verifier.finish();

    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].fault, ChainFault::not_as_kept);
}

TEST_F(AuditChainTest, AsksForOrderWithinAPartitionOnly) {
    const auto records = sealed(3);
    const auto faults_of = [&](std::int32_t lane_of_late) {
        ChainVerifier verifier{crypto_, ring_, {}};
        verifier.add(records[1], 0);
        verifier.add(records[3], 0);
        verifier.add(records[0], 1);
        verifier.add(records[2], lane_of_late);
        verifier.add(records[1], 0);
        return verifier.finish().findings;
    };

    EXPECT_TRUE(faults_of(1).empty());
    const auto found = faults_of(0);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].fault, ChainFault::out_of_order);
    EXPECT_EQ(found[0].position, 3U);
}

TEST_F(AuditChainTest, CountsMoreFaultsThanItTells) {
    ChainVerifier verifier{crypto_, ring_, {}};
    for (std::size_t i = 0; i < ChainReport::kFindingsMax + 5; ++i) {
        verifier.add_unreadable();
    }

    const auto report = verifier.finish();

    EXPECT_EQ(report.faults, ChainReport::kFindingsMax + 5);
    EXPECT_EQ(report.findings.size(), ChainReport::kFindingsMax);
    EXPECT_EQ(report.findings.back().position, ChainReport::kFindingsMax - 1);
}

TEST_F(AuditChainTest, KeepsSourcesApart) {
    AuditChain other{crypto_, clock_, key_, "/numproof/np1/other"};
    auto records = sealed(2);
    records.insert(records.begin() + 1, other.link(entry("{}")));

    const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);

    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.sources, 2U);
}

}  // namespace
}  // namespace numproof
