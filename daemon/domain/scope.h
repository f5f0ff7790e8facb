// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace numproof {

/// What a token allows, as bits; `openid` is here because it decides about the ID token.
enum class Scope : std::uint8_t {
    verify = 1,               ///< `number-verification:verify`
    device_phone_number = 2,  ///< `number-verification:device-phone-number:read`
    openid = 4,               ///< `openid`
};

/// A set of scopes.
class ScopeSet {
public:
    constexpr ScopeSet() = default;

    constexpr explicit ScopeSet(std::uint8_t bits) noexcept : bits_(bits & 7U) {}

    [[nodiscard]] constexpr bool has(Scope scope) const noexcept {
        return (bits_ & static_cast<std::uint8_t>(scope)) != 0;
    }

    constexpr void add(Scope scope) noexcept { bits_ |= static_cast<std::uint8_t>(scope); }

    /// True if every scope of `other` is in this set.
    [[nodiscard]] constexpr bool includes(ScopeSet other) const noexcept {
        return (other.bits_ & ~bits_ & 7U) == 0;
    }

    [[nodiscard]] constexpr bool has_api_scope() const noexcept {
        return has(Scope::verify) || has(Scope::device_phone_number);
    }

    [[nodiscard]] constexpr std::uint8_t bits() const noexcept { return bits_; }

    bool operator==(const ScopeSet&) const = default;

private:
    std::uint8_t bits_ = 0;
};

/// CAMARA's name of `scope`.
[[nodiscard]] std::string_view name_of(Scope scope) noexcept;

/// The scope of exactly this name.
[[nodiscard]] std::optional<Scope> find_scope(std::string_view name) noexcept;

/// The scope of exactly this name of contract 0.3.1 (`number-verification-verify-read`,
/// `number-verification-share-read`).
[[nodiscard]] std::optional<Scope> find_legacy_scope(std::string_view name) noexcept;

}  // namespace numproof
