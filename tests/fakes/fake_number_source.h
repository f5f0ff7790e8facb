// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "daemon/ports/number_source.h"

namespace numproof {

/// Says what it was told to say, whoever is asked for.
class FakeNumberSource final : public NumberSource {
public:
    [[nodiscard]] Task<Result<Proof>> prove(SourceEndpoint source, Deadline) override {
        asked_.push_back(source);
        co_return answer_;
    }

    /// What prove() answers from now on.
    void answer(Result<Proof> answer) { answer_ = std::move(answer); }

    /// Whose number was asked for, in order.
    [[nodiscard]] const std::vector<SourceEndpoint>& asked() const noexcept { return asked_; }

private:
    Result<Proof> answer_ = Proof{Unproven::off_network};
    std::vector<SourceEndpoint> asked_;
};

}  // namespace numproof
