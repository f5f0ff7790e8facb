// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "daemon/base/result.h"
#include "daemon/base/task.h"

namespace numproof::bench {

/// Does many small things on one loop, so many of them at a time. It outlives run().
class Lanes {
public:
    /// Does the thing of this number.
    using Work = std::function<Task<Result<void>>(std::size_t index)>;

    Lanes(std::size_t count, std::size_t width, Work work);
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    /// Ends when all is done, or with the first failure once nothing is under way any more.
    [[nodiscard]] Task<Result<void>> run();

private:
    [[nodiscard]] Task<void> lane();

    std::size_t count_;
    std::size_t width_;
    Work work_;
    std::size_t next_ = 0;
    std::size_t open_ = 0;
    Result<void> outcome_;
    Pending<bool> over_;
};

}  // namespace numproof::bench
