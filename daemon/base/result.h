// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "daemon/base/error.h"

namespace numproof {

/// A value, or why there is none. "Not found" is a value (`std::optional`), not an error.
template <typename T>
using Result = tl::expected<T, Error>;

/// The failing half of a `Result`: `return fail(ErrorCode::malformed, "no '@'");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
    return tl::unexpected<Error>(Error{.code = code, .detail = std::move(detail)});
}

/// Hands an error on unchanged: `if (!x) return pass_on(x);`
template <typename T>
[[nodiscard]] tl::unexpected<Error> pass_on(Result<T>& failed) {
    return tl::unexpected<Error>(std::move(failed.error()));
}

}  // namespace numproof
