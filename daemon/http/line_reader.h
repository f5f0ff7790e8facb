// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace numproof::http {

/// A part of the received octets, by place: it survives that they move in memory.
struct Slice {
    std::size_t at = 0;
    std::size_t size = 0;

    [[nodiscard]] std::string_view of(std::string_view octets) const noexcept {
        return octets.substr(at, size);
    }

    /// The slice of `octets` that `part`, a view into them, is.
    [[nodiscard]] static Slice within(std::string_view octets, std::string_view part) noexcept {
        return {.at = static_cast<std::size_t>(part.data() - octets.data()), .size = part.size()};
    }
};

/// Finds lines that end in CR LF, in octets that grow at their end. No octet is looked at twice.
/// What it says depends on the octets alone, not on how they were cut up on their way.
class LineReader {
public:
    enum class Found : std::uint8_t {
        nothing,    ///< The line is not whole yet.
        line,       ///< line() is whole.
        malformed,  ///< A control octet, or a CR or LF on its own.
        too_long    ///< Its end, CR LF included, does not fit before the bound.
    };

    /// The next line begins at offset `at`.
    void start(std::size_t at) noexcept {
        begin_ = at;
        seen_ = at;
    }

    /// Looks on; no octet of the line may lie at `bound` or after it. After a whole line the
    /// next one begins behind it.
    [[nodiscard]] Found next(std::string_view octets, std::size_t bound) noexcept;

    /// The last whole line, without its CR LF.
    [[nodiscard]] Slice line() const noexcept { return line_; }

    /// Where the line that is being read begins.
    [[nodiscard]] std::size_t begin() const noexcept { return begin_; }

private:
    std::size_t begin_ = 0;
    std::size_t seen_ = 0;
    Slice line_;
};

}  // namespace numproof::http
