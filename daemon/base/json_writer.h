// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace numproof {

/// Writes compact JSON (RFC 8259) front to back. Whoever writes keeps begin and end in balance.
/// Text that is not UTF-8 is mended: each stray octet becomes U+FFFD.
class JsonWriter {
public:
    JsonWriter() = default;

    /// `room`: about how many octets it will be.
    explicit JsonWriter(std::size_t room) { out_.reserve(room); }

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();

    /// The name of the next value, inside an object: plain ASCII without `"` and `\`, so that
    /// nothing has to be escaped.
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();

    /// `null` for an empty text.
    JsonWriter& text_or_null(std::string_view value);

    /// `json` as it is: one complete JSON value that is known to be good.
    JsonWriter& raw(std::string_view json);

    /// What was written; the writer is empty afterwards.
    [[nodiscard]] std::string take();

private:
    void before_value();

    std::string out_;
    bool comma_ = false;
};

/// Appends `value` to `out` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view value);

}  // namespace numproof
