// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/chunked_body.h"

#include <algorithm>
#include <charconv>

#include "daemon/http/field_line.h"

namespace numproof::http {
namespace {

constexpr std::size_t kSizeDigitsMax = 8;
constexpr std::size_t kSizeLineMax = 256;

std::optional<std::uint32_t> parse_size(std::string_view digits) {
    std::uint32_t size = 0;
    const auto* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, size, 16);
    if (digits.size() > kSizeDigitsMax || read.ec != std::errc{} || read.ptr != end) {
        return std::nullopt;
    }
    return size;
}

}  // namespace

void ChunkedBody::start(std::size_t at, const Limits& limits) {
    limits_ = &limits;
    lines_.start(at);
    step_ = Step::size_line;
    body_.clear();
    extension_bytes_ = 0;
    trailer_fields_ = 0;
}

void ChunkedBody::forget() noexcept {
    std::ranges::fill(body_, '\0');
    body_.clear();
}

ChunkedBody::Progress ChunkedBody::read(std::string_view octets) {
    for (;;) {
        const auto ended = step_ == Step::size_line ? read_size_line(octets)
                           : step_ == Step::data    ? read_data(octets)
                                                    : read_trailer(octets);
        if (ended) {
            return *ended;
        }
    }
}

std::optional<ChunkedBody::Progress> ChunkedBody::read_size_line(std::string_view octets) {
    const auto found = lines_.next(octets, lines_.begin() + kSizeLineMax);
    if (found != LineReader::Found::line) {
        return found == LineReader::Found::nothing ? Progress::need_more
                                                   : refuse(Refusal::malformed);
    }
    const auto line = lines_.line().of(octets);
    const auto digits = line.substr(0, line.find(';'));
    const auto size = parse_size(digits);
    if (!size) {
        return refuse(Refusal::malformed);
    }
    extension_bytes_ += line.size() - digits.size();
    if (*size > limits_->body_bytes - body_.size() || extension_bytes_ > limits_->head_bytes) {
        return refuse(Refusal::body_too_large);
    }
    chunk_size_ = *size;
    data_at_ = lines_.begin();
    trailer_at_ = lines_.begin();
    step_ = chunk_size_ == 0 ? Step::trailer : Step::data;
    return std::nullopt;
}

std::optional<ChunkedBody::Progress> ChunkedBody::read_data(std::string_view octets) {
    const auto end = data_at_ + chunk_size_;
    const auto after = octets.substr(std::min(octets.size(), end), 2);
    if (!std::string_view{"\r\n"}.starts_with(after)) {
        return refuse(Refusal::malformed);
    }
    if (after.size() < 2) {
        return Progress::need_more;
    }
    body_.append(octets.substr(data_at_, chunk_size_));
    lines_.start(end + 2);
    step_ = Step::size_line;
    return std::nullopt;
}

std::optional<ChunkedBody::Progress> ChunkedBody::read_trailer(std::string_view octets) {
    const auto found = lines_.next(octets, trailer_at_ + limits_->head_bytes);
    if (found == LineReader::Found::nothing) {
        return Progress::need_more;
    }
    if (found != LineReader::Found::line) {
        return refuse(
            found == LineReader::Found::too_long ? Refusal::head_too_large : Refusal::malformed
        );
    }
    const auto line = lines_.line().of(octets);
    if (line.empty()) {
        return Progress::complete;
    }
    if (!parse_field_line(line)) {
        return refuse(Refusal::malformed);
    }
    if (++trailer_fields_ > limits_->headers) {
        return refuse(Refusal::head_too_large);
    }
    return std::nullopt;
}

ChunkedBody::Progress ChunkedBody::refuse(Refusal refusal) noexcept {
    refusal_ = refusal;
    return Progress::refused;
}

}  // namespace numproof::http
