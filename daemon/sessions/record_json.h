// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "daemon/base/result.h"
#include "daemon/ports/session_feed.h"
#include "daemon/sessions/record_decoder.h"

namespace numproof::decoding {

/// A record cannot be used: `reason` is a short stable word without any content of the record.
[[nodiscard]] tl::unexpected<Error> poison(std::string_view reason);

/// The JSON of `record`, an object or an array, without a duplicate key anywhere. It lives in
/// `parser`. Poison: too_large, empty, not_json, duplicate_key.
[[nodiscard]] Result<simdjson::dom::element> parse_record(
    simdjson::dom::parser& parser, const FeedRecord& record
);

/// As parse_record(), and an object; else not_an_object.
[[nodiscard]] Result<simdjson::dom::object> parse_object(
    simdjson::dom::parser& parser, const FeedRecord& record
);

/// 1 to 256 octets without control characters (a NUL above all).
[[nodiscard]] bool is_name(std::string_view text);

/// A whole number, written as a number or as decimal text without sign.
[[nodiscard]] std::optional<std::int64_t> whole_number(const simdjson::dom::element& element);

/// What an array holds; just `element` where it is none: several dialects write a list of one so.
[[nodiscard]] std::vector<simdjson::dom::element> items_of(const simdjson::dom::element& element);

/// One object of a record. `null` counts as absent.
class Fields {
public:
    Fields(
        const simdjson::dom::object& object, const FeedRecord& record, const DecoderTerms& terms
    ) noexcept
        : object_(object), record_(record), terms_(terms) {}

    [[nodiscard]] std::optional<simdjson::dom::element> find(std::string_view name) const;

    /// Nullopt if absent; what is no name (is_name()) is poison.
    [[nodiscard]] Result<std::optional<std::string_view>> text(
        std::string_view name, std::string_view reason
    ) const;

    /// As text(), and absent is poison, too.
    [[nodiscard]] Result<std::string_view> required_text(
        std::string_view name, std::string_view reason
    ) const;

    [[nodiscard]] const FeedRecord& record() const noexcept { return record_; }

    [[nodiscard]] const DecoderTerms& terms() const noexcept { return terms_; }

private:
    simdjson::dom::object object_;
    const FeedRecord& record_;
    const DecoderTerms& terms_;
};

}  // namespace numproof::decoding
