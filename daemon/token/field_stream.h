// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "daemon/base/bytes.h"

namespace numproof {

/// Writes fields one after the other so that no two lists of fields give the same octets.
class FieldWriter {
public:
    /// Length in two octets, most significant first, then the text. At most 65,535 octets.
    void text(std::string_view field);

    /// Eight octets, most significant first.
    void integer(std::int64_t field);

    [[nodiscard]] Bytes take() && { return std::move(octets_); }

private:
    Bytes octets_;
};

/// Reads what FieldWriter wrote. After the first field that is not there all are empty or zero;
/// ask ended_well() once at the end.
class FieldReader {
public:
    explicit FieldReader(std::string_view octets) noexcept : left_(octets) {}

    /// The next field as text; the view points into what was given.
    [[nodiscard]] std::string_view text() noexcept;

    /// The next field as integer.
    [[nodiscard]] std::int64_t integer() noexcept;

    /// True if every field was there and nothing is left.
    [[nodiscard]] bool ended_well() const noexcept { return good_ && left_.empty(); }

private:
    [[nodiscard]] std::string_view take(std::size_t count) noexcept;

    std::string_view left_;
    bool good_ = true;
};

}  // namespace numproof
