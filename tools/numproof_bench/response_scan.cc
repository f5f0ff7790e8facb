// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/response_scan.h"

#include <charconv>

namespace numproof::bench {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1 ";
constexpr std::size_t kStatusLineMin = 12;  // "HTTP/1.1 200"
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool is_name(std::string_view text, std::string_view lower) {
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != lower[i]) {
            return false;
        }
    }
    return true;
}

// How long the body is and how it is told; one pass over the lines.
struct Framing {
    std::size_t length = 0;
    bool chunked = false;
    bool closes = false;
    bool good = true;
};

void read_field(std::string_view line, Framing& framing) {
    constexpr std::string_view kLength = "content-length:";
    constexpr std::string_view kCoding = "transfer-encoding:";
    constexpr std::string_view kConnection = "connection:";
    if (line.size() > kLength.size() && is_name(line, kLength)) {
        auto value = line.substr(kLength.size());
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        const auto [rest, error] =
            std::from_chars(value.data(), value.data() + value.size(), framing.length);
        framing.good = framing.good && error == std::errc{} && rest == value.data() + value.size();
    } else if (line.size() > kCoding.size() && is_name(line, kCoding)) {
        framing.chunked = true;
    } else if (line.size() > kConnection.size() && is_name(line, kConnection)) {
        framing.closes = line.ends_with("close");
    }
}

Framing read_framing(std::string_view head) {
    Framing framing;
    std::size_t at = head.find("\r\n");
    while (at < head.size()) {
        const auto start = at + 2;
        at = std::min(head.find("\r\n", start), head.size());
        // Only c… and t… are of interest, in either case.
        const char first = start < head.size() ? static_cast<char>(head[start] | 0x20) : '\0';
        if (first == 'c' || first == 't') {
            read_field(head.substr(start, at - start), framing);
        }
    }
    return framing;
}

ScanOutcome judge_length(std::size_t got, std::size_t wanted) {
    if (got == wanted) {
        return ScanOutcome::complete;
    }
    return got < wanted ? ScanOutcome::partial : ScanOutcome::broken;
}

}  // namespace

ScanOutcome scan_response(std::string_view received, Response& response) {
    const auto end = received.find(kHeadEnd);
    if (end == std::string_view::npos) {
        return ScanOutcome::partial;
    }
    if (end < kStatusLineMin || !received.starts_with(kVersion)) {
        return ScanOutcome::broken;
    }
    response.head = received.substr(0, end);
    response.body = received.substr(end + kHeadEnd.size());
    const char* const digits = received.data() + kVersion.size();
    response.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    const auto framing = read_framing(response.head);
    if (!framing.good || response.status < 100 || response.status > 599) {
        return ScanOutcome::broken;
    }
    response.closes = framing.closes;
    if (framing.chunked) {
        const bool over = response.body.ends_with("\r\n0\r\n\r\n") || response.body == "0\r\n\r\n";
        return over ? ScanOutcome::complete : ScanOutcome::partial;
    }
    return judge_length(response.body.size(), framing.length);
}

std::string_view field_of(std::string_view head, std::string_view name) {
    std::size_t at = head.find("\r\n");
    while (at < head.size()) {
        const auto start = at + 2;
        at = std::min(head.find("\r\n", start), head.size());
        const auto line = head.substr(start, at - start);
        if (line.size() > name.size() && line[name.size()] == ':' && is_name(line, name)) {
            auto value = line.substr(name.size() + 1);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            return value;
        }
    }
    return {};
}

}  // namespace numproof::bench
