// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/decide.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

constexpr std::string_view kActual = "+34600000001";
constexpr std::string_view kOther = "+34600000002";

std::vector<ClaimOutcome> all_outcomes() {
    std::vector<ClaimOutcome> all;
    for (int i = 0; i <= static_cast<int>(ClaimOutcome::claimed); ++i) {
        all.push_back(static_cast<ClaimOutcome>(i));
    }
    return all;
}

class DecideTest : public testing::Test {
protected:
    AskedNumber asked(AskedNumber::Form form, std::string_view text) const {
        return AskedNumber{.form = form, .digest = crypto_.sha256(text)};
    }

    std::vector<AskedNumber> all_asked() const {
        using Form = AskedNumber::Form;
        return {
            asked(Form::number, kActual),
            asked(Form::number, kOther),
            asked(Form::digest, kActual),
            asked(Form::digest, kActual.substr(1)),
            asked(Form::digest, kOther)};
    }

    OpensslCrypto crypto_;
    Msisdn actual_ = Msisdn::parse(kActual).value();
};

TEST_F(DecideTest, NoOutcomeButClaimedEverGivesAVerdict) {
    for (const auto version : {ContractVersion::v0, ContractVersion::v1, ContractVersion::v2}) {
        for (const auto outcome : all_outcomes()) {
            for (const auto& number : all_asked()) {
                const auto verdict =
                    decide(crypto_, contract_of(version), outcome, actual_, number);

                EXPECT_EQ(verdict.has_value(), outcome == ClaimOutcome::claimed);
                EXPECT_EQ(problem_of(outcome).has_value(), outcome != ClaimOutcome::claimed);
            }
        }
    }
}

TEST_F(DecideTest, ComparesAsTheContractSays) {
    using Form = AskedNumber::Form;

    const struct {
        ContractVersion version;
        AskedNumber asked;
        Verdict verdict;
    } cases[]{
        {ContractVersion::v0, asked(Form::number, kActual), Verdict::match},
        {ContractVersion::v0, asked(Form::number, kOther), Verdict::mismatch},
        {ContractVersion::v0, asked(Form::digest, kActual), Verdict::match},
        {ContractVersion::v0, asked(Form::digest, kActual.substr(1)), Verdict::match},
        {ContractVersion::v0, asked(Form::digest, kOther.substr(1)), Verdict::mismatch},
        {ContractVersion::v0, asked(Form::number, kActual.substr(1)), Verdict::mismatch},
        {ContractVersion::v1, asked(Form::digest, kActual), Verdict::match},
        {ContractVersion::v1, asked(Form::digest, kActual.substr(1)), Verdict::mismatch},
        {ContractVersion::v2, asked(Form::number, kActual), Verdict::match},
        {ContractVersion::v2, asked(Form::digest, kActual), Verdict::match},
        {ContractVersion::v2, asked(Form::digest, kActual.substr(1)), Verdict::mismatch},
        {ContractVersion::v2, asked(Form::digest, kOther), Verdict::mismatch},
    };

    for (const auto& test : cases) {
        EXPECT_EQ(compare(crypto_, contract_of(test.version), actual_, test.asked), test.verdict)
            << contract_of(test.version).name;
    }
}

TEST_F(DecideTest, PublishedDigestsMatchTheirNumbers) {
    const struct {
        std::string_view number;
        std::string_view digest;
    } vectors[]{
        {"+123456789", "b49f9168e8a886ffd61a090b51a26e117717f5f6fa804af49ea67043a2bfa4f0"},
        {"+34666666666", "3ffdd5fed312a04d147a2f4bece733bf77cb35528112fd83cd5e01590dfb616b"},
        {"+34612345678", "1e41ef79cb1baa05fa88e837a70de6f6ae248454bc8dae474312c0baebe8c7a5"},
    };

    for (const auto& vector : vectors) {
        AskedNumber asked{.form = AskedNumber::Form::digest, .digest = {}};
        const auto octets = parse_hex(vector.digest).value();
        std::copy(octets.begin(), octets.end(), asked.digest.begin());
        EXPECT_EQ(
            compare(
                crypto_,
                contract_of(ContractVersion::v2),
                Msisdn::parse(vector.number).value(),
                asked
            ),
            Verdict::match
        );
    }
}

TEST(ProblemOfFlawed, WhatIsWrongWithTheTokenGoesFirstAndWhatItAllowsLast) {
    const Problem flaw = Problem::both_fields;

    const struct {
        ClaimOutcome outcome;
        Problem heard;
    } cases[]{
        {ClaimOutcome::unknown, Problem::bad_token},
        {ClaimOutcome::used, Problem::used_token},
        {ClaimOutcome::revoked, Problem::revoked_token},
        {ClaimOutcome::expired, Problem::expired_token},
        {ClaimOutcome::predates_failover, Problem::token_of_another_life},
        {ClaimOutcome::subscriber_changed, Problem::binding_changed},
        {ClaimOutcome::scope_missing, flaw},
        {ClaimOutcome::method_refused, flaw},
        {ClaimOutcome::subscriber_missing, flaw},
        {ClaimOutcome::claimed, flaw},
    };

    for (const auto& test : cases) {
        EXPECT_EQ(problem_of_flawed(test.outcome, flaw), test.heard);
    }
}

}  // namespace
}  // namespace numproof
