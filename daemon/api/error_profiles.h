// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/domain/contract_version.h"
#include "daemon/verify/contract.h"
#include "daemon/verify/problem.h"

namespace numproof {

/// One row of Orange's page of errors.
struct OrangeError {
    int status = 0;
    int code = 0;
    std::string_view message;
    std::string_view description;
};

/// The 33 pairs of status and code that Orange's page of errors has, in its order. `message` is
/// theirs to the letter, `description` as well where the page has one.
[[nodiscard]] std::span<const OrangeError> orange_errors() noexcept;

/// The answers of `profile` in the words of `contract`; they live for ever. Thread-safe.
[[nodiscard]] const ErrorTable& error_table(ErrorProfile profile, ContractVersion contract);

/// What `refusal` of the gate is called here.
[[nodiscard]] Problem problem_of(http::Refusal refusal) noexcept;

}  // namespace numproof
