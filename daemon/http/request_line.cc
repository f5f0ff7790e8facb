// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/request_line.h"

#include "daemon/http/octets.h"

namespace numproof::http {
namespace {

using Parsed = tl::expected<RequestLine, Refusal>;

tl::unexpected<Refusal> refuse(Refusal refusal) {
    return tl::unexpected<Refusal>(refusal);
}

Method method_of(std::string_view name) noexcept {
    if (name == "POST") {
        return Method::post;
    }
    if (name == "GET") {
        return Method::get;
    }
    if (name == "HEAD") {
        return Method::head;
    }
    return name == "OPTIONS" ? Method::options : Method::other;
}

tl::expected<Version, Refusal> version_of(std::string_view text) {
    if (text == "HTTP/1.1") {
        return Version::http_1_1;
    }
    if (text == "HTTP/1.0") {
        return Version::http_1_0;
    }
    const bool is_http = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                         text[6] == '.' && is_digit(text[7]);
    return refuse(is_http ? Refusal::version_not_supported : Refusal::malformed);
}

void split_path(std::string_view path_and_query, RequestLine& line) {
    const auto mark = path_and_query.find('?');
    line.path = path_and_query.substr(0, mark);
    if (mark != std::string_view::npos) {
        line.query = path_and_query.substr(mark + 1);
    }
}

std::size_t scheme_size(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            return scheme.size();
        }
    }
    return 0;
}

bool split_absolute(std::string_view target, RequestLine& line) {
    const auto scheme = scheme_size(target);
    if (scheme == 0) {
        return false;
    }
    const auto end = target.find_first_of("/?", scheme);
    line.authority = target.substr(scheme, end == std::string_view::npos ? end : end - scheme);
    split_path(end == std::string_view::npos ? std::string_view{} : target.substr(end), line);
    if (line.path.empty()) {
        line.path = target.substr(scheme - 1, 1);  // the root, RFC 9110 section 4.2.3
    }
    return !line.authority.empty();
}

bool split_target(std::string_view target, RequestLine& line) {
    if (!is_target_text(target)) {
        return false;
    }
    if (target.front() == '/') {
        split_path(target, line);
        return true;
    }
    if (target == "*") {
        line.path = target;
        return line.method == Method::options;
    }
    return split_absolute(target, line);
}

}  // namespace

Parsed parse_request_line(std::string_view text, std::size_t uri_bytes) {
    const auto first = text.find(' ');
    const auto last = text.rfind(' ');
    if (first == last || !is_token(text.substr(0, first))) {
        return refuse(Refusal::malformed);
    }
    RequestLine line;
    line.method_name = text.substr(0, first);
    line.method = method_of(line.method_name);

    const auto target = text.substr(first + 1, last - first - 1);
    if (target.size() > uri_bytes) {
        return refuse(Refusal::uri_too_long);
    }
    const auto version = version_of(text.substr(last + 1));
    if (!version) {
        return refuse(version.error());
    }
    line.version = *version;
    if (!split_target(target, line)) {
        return refuse(Refusal::malformed);
    }
    return line;
}

}  // namespace numproof::http
