// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "daemon/telemetry/log.h"

namespace numproof {

/// Keeps log lines in memory, as `id key=value …`.
class MemoryLog final : public Log {
public:
    void write(const Message& message, std::initializer_list<LogField> fields) override {
        std::string line{message.id};
        for (const auto& [key, value] : fields) {
            line += ' ';
            line += key;
            line += '=';
            line += value;
        }
        lines_.push_back(std::move(line));
    }

    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

private:
    std::vector<std::string> lines_;
};

}  // namespace numproof
