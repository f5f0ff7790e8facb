// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/request_scanner.h"

#include <algorithm>
#include <charconv>

#include "daemon/http/octets.h"

namespace numproof::http {
namespace {

constexpr std::size_t kLengthDigitsMax = 10;

/// A slice of a field value; never at offset 0, where the request line is.
bool is_present(const Slice& value) noexcept {
    return value.at != 0;
}

}  // namespace

RequestScanner::RequestScanner(const ScanRules& rules) : rules_(&rules) {}

RequestScanner::Scan RequestScanner::scan(std::string_view octets) {
    for (;;) {
        switch (step_) {
            case Step::request_line:
            case Step::fields:
                if (const auto outcome = read_line(octets); outcome != Scan::complete) {
                    return outcome;
                }
                break;
            case Step::body:
                return read_body(octets);
            case Step::complete:
                return Scan::complete;
            case Step::refused:
                return Scan::refused;
        }
    }
}

/// `complete` stands for a line that has been dealt with.
RequestScanner::Scan RequestScanner::read_line(std::string_view octets) {
    switch (lines_.next(octets, head_at_ + rules_->limits.head_bytes)) {
        case LineReader::Found::nothing:
            return Scan::need_more;
        case LineReader::Found::malformed:
            refuse(Refusal::malformed);
            return Scan::complete;
        case LineReader::Found::too_long:
            refuse(
                step_ == Step::request_line && !known_path(octets).empty() ? Refusal::uri_too_long
                                                                           : Refusal::head_too_large
            );
            return Scan::complete;
        case LineReader::Found::line:
            break;
    }
    if (step_ == Step::request_line) {
        take_request_line(octets, lines_.line());
        return Scan::complete;
    }
    if (lines_.line().size != 0) {
        take_field(octets, lines_.line());
        return Scan::complete;
    }
    end_head(octets);
    return step_ == Step::body && wants_continue_ && body_is_awaited(octets)
               ? Scan::expects_continue
               : Scan::complete;
}

void RequestScanner::take_request_line(std::string_view octets, Slice line) {
    if (line.size == 0 && head_at_ == 0) {
        head_at_ = lines_.begin();  // RFC 9112 section 2.2: one empty line before it
        return;
    }
    const auto parsed = parse_request_line(line.of(octets), rules_->limits.uri_bytes);
    if (!parsed) {
        refuse(parsed.error());
        return;
    }
    request_.method = parsed->method;
    version_ = parsed->version;
    method_name_ = Slice::within(octets, parsed->method_name);
    path_ = Slice::within(octets, parsed->path);
    authority_ = parsed->authority.empty() ? Slice{} : Slice::within(octets, parsed->authority);
    query_ = parsed->query.empty() ? Slice{} : Slice::within(octets, parsed->query);
    step_ = Step::fields;
}

void RequestScanner::take_field(std::string_view octets, Slice line) {
    const auto field = parse_field_line(line.of(octets));
    if (!field) {
        refuse(Refusal::malformed);
        return;
    }
    if (fields_.size() >= rules_->limits.headers) {
        refuse(Refusal::head_too_large);
        return;
    }
    const auto name = Slice::within(octets, field->name);
    const auto value = field->value.empty() ? Slice{.at = line.at + line.size, .size = 0}
                                            : Slice::within(octets, field->value);
    fields_.push_back({.name = name, .value = value});
    note_field(known_field(field->name), *field, value);
}

void RequestScanner::note_field(KnownField known, const Field& field, Slice value) {
    switch (known) {
        case KnownField::host:
            return note_once(host_, value);
        case KnownField::content_length:
            return note_once(content_length_, value);
        case KnownField::transfer_encoding:
            return note_once(transfer_encoding_, value);
        case KnownField::authorization:
            return note_once(authorization_, value);
        case KnownField::content_type:
            return note_once(content_type_, value);
        case KnownField::connection:
            says_close_ = says_close_ || list_contains(field.value, "close");
            says_keep_alive_ = says_keep_alive_ || list_contains(field.value, "keep-alive");
            return;
        case KnownField::expect:
            (equal_ignoring_case(field.value, "100-continue") ? wants_continue_ : expects_else_) =
                true;
            return;
        case KnownField::other:
            return;
    }
}

void RequestScanner::note_once(Slice& known, Slice value) {
    if (is_present(known)) {
        refuse(Refusal::malformed);
    }
    known = value;
}

void RequestScanner::end_head(std::string_view octets) {
    if (const auto refusal = judge_head(octets)) {
        refuse(*refusal);
        return;
    }
    const bool persistent = version_ == Version::http_1_1;
    keep_alive_ = !says_close_ && (persistent || says_keep_alive_);
    wants_continue_ = wants_continue_ && persistent;
    body_at_ = lines_.begin();
    body_size_ = static_cast<std::size_t>(content_length(octets).value_or(0));
    if (is_present(transfer_encoding_)) {
        chunks_.start(body_at_, rules_->limits);
    }
    step_ = Step::body;
}

std::optional<Refusal> RequestScanner::judge_head(std::string_view octets) const {
    if (!host_fits_target(octets) || !is_framing_sound(octets)) {
        return Refusal::malformed;
    }
    if (expects_else_ && version_ == Version::http_1_1) {
        return Refusal::expectation_failed;
    }
    if (!is_ours(octets)) {
        return Refusal::misdirected;
    }
    const bool has_length = is_present(content_length_) || is_present(transfer_encoding_);
    if (request_.method == Method::post && !has_length) {
        return Refusal::length_required;
    }
    if (content_length(octets).value_or(0) > rules_->limits.body_bytes) {
        return Refusal::body_too_large;
    }
    return std::nullopt;
}

bool RequestScanner::host_fits_target(std::string_view octets) const {
    const auto authority = authority_.of(octets);
    if (!authority.empty() && !is_host(authority)) {
        return false;
    }
    if (!is_present(host_)) {
        return version_ == Version::http_1_0;
    }
    const auto host = host_.of(octets);
    return is_host(host) && (authority.empty() || equal_ignoring_case(authority, host));
}

bool RequestScanner::is_ours(std::string_view octets) const {
    const auto& names = rules_->server_names;
    if (names.empty()) {
        return true;
    }
    const auto host = is_present(host_) ? host_.of(octets) : authority_.of(octets);
    const auto name = host_without_port(host);
    return std::ranges::any_of(names, [&](const std::string& ours) {
        return equal_ignoring_case(ours, host) || equal_ignoring_case(ours, name);
    });
}

bool RequestScanner::is_framing_sound(std::string_view octets) const {
    if (is_present(transfer_encoding_)) {
        return version_ == Version::http_1_1 && !is_present(content_length_) &&
               equal_ignoring_case(transfer_encoding_.of(octets), "chunked");
    }
    return !is_present(content_length_) || content_length(octets).has_value();
}

std::optional<std::uint64_t> RequestScanner::content_length(std::string_view octets) const {
    if (!is_present(content_length_)) {
        return std::nullopt;
    }
    const auto digits = content_length_.of(octets);
    if (digits.size() > kLengthDigitsMax || !std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    std::uint64_t length = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    return read.ec == std::errc{} ? std::optional{length} : std::nullopt;
}

/// A client that has sent a part of its body does not wait for us.
bool RequestScanner::body_is_awaited(std::string_view octets) const {
    return octets.size() == body_at_ && (body_size_ != 0 || is_present(transfer_encoding_));
}

RequestScanner::Scan RequestScanner::read_body(std::string_view octets) {
    if (!is_present(transfer_encoding_)) {
        if (octets.size() - body_at_ < body_size_) {
            return Scan::need_more;
        }
        request_.body = octets.substr(body_at_, body_size_);
        complete(octets, body_at_ + body_size_);
        return Scan::complete;
    }
    switch (chunks_.read(octets)) {
        case ChunkedBody::Progress::need_more:
            return Scan::need_more;
        case ChunkedBody::Progress::refused:
            refuse(chunks_.refusal());
            return Scan::refused;
        case ChunkedBody::Progress::complete:
            break;
    }
    request_.body = chunks_.body();
    complete(octets, chunks_.end());
    return Scan::complete;
}

void RequestScanner::complete(std::string_view octets, std::size_t consumed) {
    request_.method_name = method_name_.of(octets);
    request_.path = path_.of(octets);
    request_.query = query_.of(octets);
    for (const auto& field : fields_) {
        request_.fields.push_back({.name = field.name.of(octets), .value = field.value.of(octets)});
    }
    consumed_ = consumed;
    step_ = Step::complete;
}

void RequestScanner::refuse(Refusal refusal) noexcept {
    refusal_ = refusal;
    step_ = Step::refused;
}

std::optional<std::string_view> RequestScanner::known_field_of(
    std::string_view octets, std::string_view name
) const {
    std::optional<std::string_view> found;
    for (const auto& field : fields_) {
        if (!equal_ignoring_case(field.name.of(octets), name)) {
            continue;
        }
        if (found) {
            return std::nullopt;
        }
        found = field.value.of(octets);
    }
    return found;
}

std::string_view RequestScanner::known_path(std::string_view octets) const noexcept {
    if (path_.size != 0) {
        return path_.of(octets);
    }
    // The request line is not whole, or it is refused: what stands after the first blank.
    const auto head =
        octets.substr(std::min(head_at_, octets.size())).substr(0, rules_->limits.head_bytes);
    const auto first = head.substr(0, head.find_first_of("\r\n"));
    const auto blank = first.find(' ');
    const auto target = blank == std::string_view::npos ? "" : first.substr(blank + 1);
    return target.starts_with('/') ? target.substr(0, target.find_first_of("? ")) : "";
}

void RequestScanner::reset() noexcept {
    chunks_.forget();
    step_ = Step::request_line;
    lines_.start(0);
    head_at_ = 0;
    body_size_ = 0;
    fields_.clear();
    for (auto* slice :
         {&method_name_,
          &authority_,
          &path_,
          &query_,
          &host_,
          &content_length_,
          &transfer_encoding_,
          &authorization_,
          &content_type_}) {
        *slice = {};
    }
    request_.method = Method::other;
    request_.fields.clear();
    request_.query = {};
    request_.body = {};
    version_ = Version::http_1_1;
    keep_alive_ = false;
    says_close_ = false;
    says_keep_alive_ = false;
    wants_continue_ = false;
    expects_else_ = false;
}

}  // namespace numproof::http
