// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "daemon/ports/session_feed.h"

namespace numproof {

/// Keeps dead letters where a test can look at them.
class FakeDeadLetters final : public DeadLetters {
public:
    struct Kept {
        DeadLetter letter;
        std::string key_id;
    };

    Task<Result<void>> keep(DeadLetter letter, std::string key_id, Deadline) override {
        if (!failures.empty()) {
            auto error = std::move(failures.front());
            failures.pop_front();
            co_return tl::unexpected(std::move(error));
        }
        auto& made = kept.emplace_back();
        made.letter = std::move(letter);
        made.key_id = std::move(key_id);
        co_return Result<void>{};
    }

    std::vector<Kept> kept;
    std::deque<Error> failures;  ///< Each fails one keep(), first in first out.
};

}  // namespace numproof
