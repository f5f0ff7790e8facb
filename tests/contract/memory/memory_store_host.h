// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "adapters/memory/memory_grant_store.h"
#include "adapters/memory/memory_record_store.h"
#include "tests/contract/store_host.h"
#include "tests/fakes/fake_clock.h"

namespace numproof {

/// A node over a MemoryStore, with a clock that moves when it is told to.
class MemoryStoreHost final : public StoreHost {
public:
    MemoryStoreHost() : MemoryStoreHost(std::make_shared<Shared>()) {}

    [[nodiscard]] RecordStore& records() override { return records_; }

    [[nodiscard]] GrantStore& grants() override { return grants_; }

    [[nodiscard]] const Clock& clock() const override { return shared_->clock; }

    void let_pass(Milliseconds time) override { shared_->clock.advance(time); }

    void turn_until(const std::function<bool()>& done) override { NP_CHECK(done()); }

    [[nodiscard]] std::unique_ptr<StoreHost> peer() override {
        return std::unique_ptr<StoreHost>{new MemoryStoreHost{shared_}};
    }

private:
    struct Shared {
        FakeClock clock;
        MemoryStore store{clock};
    };

    explicit MemoryStoreHost(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    std::shared_ptr<Shared> shared_;
    MemoryRecordStore records_{shared_->store};
    MemoryGrantStore grants_{shared_->store};
};

}  // namespace numproof
