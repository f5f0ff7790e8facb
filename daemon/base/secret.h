// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace numproof {

/// Text or octets that must never be printed: it has no formatter and no `operator<<`, and its
/// memory is overwritten when it dies. `Tag` keeps kinds apart (a token is not a key).
template <typename Tag>
class Secret {
public:
    Secret() = default;

    explicit Secret(std::string value) noexcept : value_(std::move(value)) {}

    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;

    Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}

    Secret& operator=(Secret&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }

    ~Secret() { wipe(); }

    /// The value itself. The name is there so that a search finds every use.
    [[nodiscard]] std::string_view reveal() const noexcept { return value_; }

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

private:
    void wipe() noexcept {
        volatile char* octets = value_.data();
        for (std::size_t i = 0; i < value_.size(); ++i) {
            octets[i] = '\0';
        }
    }

    std::string value_;
};

/// 32 octets that authenticate or encrypt.
using SecretKey = Secret<struct SecretKeyTag>;

/// An access token as the caller sent it.
using AccessToken = Secret<struct AccessTokenTag>;

/// An authorization code as the caller sent it.
using AuthorizationCode = Secret<struct AuthorizationCodeTag>;

/// A client's password.
using ClientSecret = Secret<struct ClientSecretTag>;

}  // namespace numproof
