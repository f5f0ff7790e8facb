// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/limits.h"
#include "daemon/http/line_reader.h"
#include "daemon/http/message.h"

namespace numproof::http {

/// Decodes a chunked body (RFC 9112 section 7.1) from octets that grow at their end.
/// Chunk extensions are read over; trailer fields are checked against their grammar and dropped.
class ChunkedBody {
public:
    enum class Progress : std::uint8_t { need_more, complete, refused };

    /// A body begins at offset `at`. `limits` outlives the reading.
    void start(std::size_t at, const Limits& limits);

    /// Reads on. `octets` begin with the same octets as at the last call.
    [[nodiscard]] Progress read(std::string_view octets);

    /// The decoded body, once complete; it holds until the next start() or forget().
    [[nodiscard]] std::string_view body() const noexcept { return body_; }

    /// Overwrites the body: it may hold a number.
    void forget() noexcept;

    /// Where the body ends in the octets, once complete.
    [[nodiscard]] std::size_t end() const noexcept { return lines_.begin(); }

    /// Why, once refused: malformed, body_too_large or head_too_large (the trailer section).
    [[nodiscard]] Refusal refusal() const noexcept { return refusal_; }

private:
    enum class Step : std::uint8_t { size_line, data, trailer };

    // Each step says how it ended, or nothing to go on with the next one.
    [[nodiscard]] std::optional<Progress> read_size_line(std::string_view octets);
    [[nodiscard]] std::optional<Progress> read_data(std::string_view octets);
    [[nodiscard]] std::optional<Progress> read_trailer(std::string_view octets);
    [[nodiscard]] Progress refuse(Refusal refusal) noexcept;

    const Limits* limits_ = nullptr;
    LineReader lines_;
    Step step_ = Step::size_line;
    std::string body_;
    std::size_t data_at_ = 0;
    std::size_t chunk_size_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_at_ = 0;
    std::size_t trailer_fields_ = 0;
    Refusal refusal_ = Refusal::malformed;
};

}  // namespace numproof::http
