// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/result.h"

namespace numproof {

/// Decodes `%XX` and `+` (application/x-www-form-urlencoded). A `%` without two hexadecimal digits
/// is `malformed`.
[[nodiscard]] Result<std::string> decode_form_text(std::string_view text);

/// Writes `text` so that it may stand in a query: all but RFC 3986's unreserved characters as
/// `%XX`.
[[nodiscard]] std::string encode_query_text(std::string_view text);

/// The parameters of a query or of a form body, decoded.
class Form {
public:
    static constexpr std::size_t kParametersMax = 64;

    /// `malformed` for a bad escape or more than kParametersMax parameters. Empty text is an empty
    /// form; empty parts between two `&` are skipped.
    [[nodiscard]] static Result<Form> parse(std::string_view text);

    /// The first value of `name`. A parameter without a value counts as absent (RFC 6749
    /// section 3.1).
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// True if `name` stands there more than once.
    [[nodiscard]] bool repeats(std::string_view name) const noexcept;

    /// True if any parameter stands there more than once.
    [[nodiscard]] bool has_repeats() const noexcept;

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace numproof
