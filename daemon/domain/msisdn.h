// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof {

/// A telephone number as ITU-T E.164 writes it, with its `+` (CAMARA: `^\+[1-9][0-9]{4,14}$`).
/// It compares and is never printed: there is no formatter and no `operator<<`.
class Msisdn {
public:
    /// `+` and 5 to 15 digits, the first of them not zero; anything else is `malformed`.
    [[nodiscard]] static Result<Msisdn> parse(std::string_view text);

    /// As parse(), and also without the `+`: what feeds write, and clients with that leniency.
    [[nodiscard]] static Result<Msisdn> parse_plus_optional(std::string_view text);

    /// With `+`. The name is there so that a search finds every use.
    [[nodiscard]] std::string_view reveal() const noexcept { return e164_; }

    bool operator==(const Msisdn&) const = default;

private:
    explicit Msisdn(std::string e164) noexcept : e164_(std::move(e164)) {}

    std::string e164_;
};

/// The SIM's identity (3GPP TS 23.003 section 2.2): 6 to 15 digits. Never printed.
class Imsi {
public:
    /// 6 to 15 digits; anything else is `malformed`.
    [[nodiscard]] static Result<Imsi> parse(std::string_view text);

    /// The digits. The name is there so that a search finds every use.
    [[nodiscard]] std::string_view reveal() const noexcept { return digits_; }

    bool operator==(const Imsi&) const = default;

private:
    explicit Imsi(std::string digits) noexcept : digits_(std::move(digits)) {}

    std::string digits_;
};

}  // namespace numproof
