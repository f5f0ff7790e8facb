// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/telemetry/log.h"

namespace numproof {

/// Keeps the ids of log messages. Thread-safe, since librdkafka's threads write too.
class SharedLog final : public Log {
public:
    void write(const Message& message, std::initializer_list<LogField>) override {
        const std::lock_guard lock{mutex_};
        ids_.emplace_back(message.id);
    }

    [[nodiscard]] bool has(const Message& message) const {
        const std::lock_guard lock{mutex_};
        return std::find(ids_.begin(), ids_.end(), message.id) != ids_.end();
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> ids_;
};

}  // namespace numproof
