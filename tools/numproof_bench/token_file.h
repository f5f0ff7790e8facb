// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof::bench {

/// Tokens, one a line, all of one length, in memory. They are taken in order.
class TokenFile {
public:
    /// Fails with invalid_value: no such file, no line, lines of several lengths.
    [[nodiscard]] static Result<TokenFile> read(const std::string& path);

    [[nodiscard]] std::uint64_t size() const noexcept { return text_.size() / (length_ + 1); }

    [[nodiscard]] std::size_t length() const noexcept { return length_; }

    /// Line `index`, from 0.
    [[nodiscard]] std::string_view at(std::uint64_t index) const noexcept {
        return std::string_view{text_}.substr(index * (length_ + 1), length_);
    }

private:
    std::string text_;
    std::size_t length_ = 0;
};

}  // namespace numproof::bench
