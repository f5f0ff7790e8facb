// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/time.h"
#include "daemon/domain/address.h"
#include "daemon/domain/event_position.h"

namespace numproof {

/// Writes the compact form of stored records: variable-length integers (7 bits an octet, lowest
/// first; signed ones zigzag), texts with their length in front.
class OctetWriter {
public:
    OctetWriter& number(std::uint64_t value);
    OctetWriter& integer(std::int64_t value);
    OctetWriter& text(std::string_view value);

    OctetWriter& time(WallTime value) { return integer(epoch_ms(value)); }

    OctetWriter& position(const EventPosition& value);
    OctetWriter& prefix(const IpPrefix& value);

    /// As position(), in as little as one octet if it is like `base`.
    OctetWriter& position_near(const EventPosition& base, const EventPosition& value);

    /// Octets whose number the reader knows.
    OctetWriter& raw(std::string_view value);

    /// Up to 29 decimal digits, two an octet.
    OctetWriter& digits(std::string_view value);

    /// What was written.
    [[nodiscard]] Bytes take() { return std::move(octets_); }

private:
    Bytes octets_;
};

/// The reverse. After the first octet that does not fit, every value is empty and whole() false.
class OctetReader {
public:
    explicit OctetReader(std::string_view octets) noexcept : left_(octets) {}

    [[nodiscard]] std::uint64_t number();
    [[nodiscard]] std::int64_t integer();
    [[nodiscard]] std::string_view text();

    /// One that arithmetic with spans cannot take over the edge: within 10,000 years of 1970.
    [[nodiscard]] WallTime time();

    [[nodiscard]] EventPosition position();
    [[nodiscard]] IpPrefix prefix();
    [[nodiscard]] EventPosition position_near(const EventPosition& base);
    [[nodiscard]] std::string_view raw(std::size_t size);
    [[nodiscard]] std::string digits();

    /// Its distance from `base`, as integer().
    [[nodiscard]] WallTime time_near(WallTime base);

    /// A number that says how many things follow: each takes an octet at least.
    [[nodiscard]] std::size_t count();

    /// Notes that a value makes no sense.
    void spoil() noexcept { good_ = false; }

    [[nodiscard]] bool good() const noexcept { return good_; }

    /// True if all octets were read and all made sense.
    [[nodiscard]] bool whole() const noexcept { return good_ && left_.empty(); }

private:
    [[nodiscard]] std::int64_t sum(std::int64_t a, std::int64_t b);

    std::string_view left_;
    bool good_ = true;
};

}  // namespace numproof
