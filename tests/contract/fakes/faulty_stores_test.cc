// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/contract/grant_store_contract.h"
#include "tests/contract/memory/memory_store_host.h"
#include "tests/contract/record_store_contract.h"
#include "tests/fakes/faulty_grant_store.h"
#include "tests/fakes/faulty_record_store.h"

namespace numproof {
namespace {

/// Another host whose stores are wrapped and never told to fail.
class FaultyStoreHost final : public StoreHost {
public:
    explicit FaultyStoreHost(std::unique_ptr<StoreHost> inner) : inner_(std::move(inner)) {}

    [[nodiscard]] RecordStore& records() override { return records_; }

    [[nodiscard]] GrantStore& grants() override { return grants_; }

    [[nodiscard]] const Clock& clock() const override { return inner_->clock(); }

    void let_pass(Milliseconds time) override { inner_->let_pass(time); }

    void turn_until(const std::function<bool()>& done) override { inner_->turn_until(done); }

    [[nodiscard]] std::unique_ptr<StoreHost> peer() override {
        return std::make_unique<FaultyStoreHost>(inner_->peer());
    }

private:
    std::unique_ptr<StoreHost> inner_;
    StoreFaults faults_;
    FaultyRecordStore records_{inner_->records(), faults_};
    FaultyGrantStore grants_{inner_->grants(), faults_};
};

StoreHostFactory without_faults() {
    return {.name = "FaultyWithoutFaults", .make = [] {
                return std::make_unique<FaultyStoreHost>(std::make_unique<MemoryStoreHost>());
            }};
}

INSTANTIATE_TEST_SUITE_P(Stores, RecordStoreContract, testing::Values(without_faults()), host_name);
INSTANTIATE_TEST_SUITE_P(Stores, GrantStoreContract, testing::Values(without_faults()), host_name);

class FaultyRecords : public testing::Test {
protected:
    MemoryStoreHost host_;
    StoreFaults faults_;
    FaultyRecordStore store_{host_.records(), faults_};

    static Replacement creation(std::string key) {
        return {
            .key = std::move(key),
            .expected = {},
            .record = {.revision = "revision", .value = "value"},
            .keep = Milliseconds{1000}};
    }

    Result<std::vector<ReplaceOutcome>> replace(std::vector<Replacement> list) {
        return ask(host_, store_.replace(std::move(list), in_good_time(host_)));
    }

    bool is_there(std::string key) {
        return ask(host_, host_.records().read({std::move(key)}, in_good_time(host_)))
            ->front()
            .has_value();
    }
};

struct FaultCase {
    StoreFault fault;
    ErrorCode error;
    bool first_happens;
    bool second_happens;
};

TEST_F(FaultyRecords, FailInTheWayThatWasScheduled) {
    const std::vector<FaultCase> cases{
        {StoreFault::unavailable, ErrorCode::store_unavailable, false, false},
        {StoreFault::full, ErrorCode::queue_full, false, false},
        {StoreFault::late, ErrorCode::deadline_exceeded, false, false},
        {StoreFault::reply_lost, ErrorCode::store_unavailable, true, true},
        {StoreFault::reply_late, ErrorCode::deadline_exceeded, true, true},
        {StoreFault::half_happened, ErrorCode::store_unavailable, true, false},
    };

    for (const auto& c : cases) {
        const auto name = std::to_string(static_cast<int>(c.fault));
        faults_.schedule({c.fault});

        const auto outcome = replace({creation("first" + name), creation("second" + name)});

        ASSERT_FALSE(outcome.has_value()) << name;
        EXPECT_EQ(outcome.error().code, c.error) << name;
        EXPECT_EQ(is_there("first" + name), c.first_happens) << name;
        EXPECT_EQ(is_there("second" + name), c.second_happens) << name;
    }
    EXPECT_TRUE(replace({creation("after")}).has_value());
}

TEST_F(FaultyRecords, FailUntilTheyAreHealed) {
    faults_.always(StoreFault::unavailable);
    EXPECT_FALSE(replace({creation("a")}).has_value());
    EXPECT_FALSE(replace({creation("b")}).has_value());

    faults_.heal();

    EXPECT_TRUE(replace({creation("a")}).has_value());
}

TEST_F(FaultyRecords, FailAlikeForTheSameSeed) {
    const auto run = [this](std::uint32_t seed) {
        std::vector<bool> went_well;
        faults_.randomly(seed, 40);
        for (int i = 0; i < 200; ++i) {
            went_well.push_back(ask(host_, store_.read({"key"}, in_good_time(host_))).has_value());
        }
        return went_well;
    };

    const auto first = run(7);

    EXPECT_EQ(first, run(7));
    EXPECT_NE(first, run(8));
    const auto well = std::count(first.begin(), first.end(), true);
    EXPECT_GT(well, 80);
    EXPECT_LT(well, 160);
}

}  // namespace
}  // namespace numproof
