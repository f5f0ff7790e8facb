// SPDX-License-Identifier: Apache-2.0
// The first line is a field value, the rest the body of `verify`. What is taken from a field has
// only the characters that it may have. A body is read or refused with one of its own problems;
// what is read is what an independent reader finds in it, and stays the same however the same
// question is written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/base/check.h"
#include "daemon/domain/correlator.h"
#include "daemon/verify/bearer.h"
#include "daemon/verify/trace_parent.h"
#include "daemon/verify/verify_command.h"

namespace numproof {
namespace {

using Asked = OrProblem<AskedNumber>;

constexpr auto kStrict = Client::PlusSign::required;
constexpr auto kLenient = Client::PlusSign::optional;

const OpensslCrypto& crypto() {
    static const OpensslCrypto only;
    return only;
}

VerifyCommandReader& reader() {
    static VerifyCommandReader only{crypto()};
    return only;
}

bool is_printable(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check_authorization(std::string_view value) {
    http::Request request;
    request.fields.push_back({"Authorization", value});
    const auto token = read_bearer(request);
    if (!token) {
        NP_CHECK(token.error() == Problem::no_credentials || token.error() == Problem::bad_token);
        return;
    }
    NP_CHECK(!token->empty() && is_printable(token->reveal()));
    const auto written = "Bearer " + std::string{token->reveal()};
    http::Request again;
    again.fields.push_back({"authorization", written});
    const auto same = read_bearer(again);
    NP_CHECK(same && same->reveal() == token->reveal());
    again.fields.push_back({"authorization", written});
    NP_CHECK(!read_bearer(again));
}

void check_field(std::string_view value) {
    check_authorization(value);
    NP_CHECK(!is_good_correlator(value) || (is_printable(value) && value.size() <= 256));
    NP_CHECK(!is_good_trace_parent(value) || (is_printable(value) && value.size() == 55));
    NP_CHECK(!is_json_media_type(value) || value.size() >= 16);
}

bool same(const Asked& a, const Asked& b) {
    return a && b ? a->form == b->form && a->digest == b->digest
                  : !a && !b && a.error() == b.error();
}

bool is_flaw_of_body(Problem problem) noexcept {
    return problem >= Problem::missing_body && problem <= Problem::unknown_field;
}

bool is_e164(std::string_view text) {
    return text.size() >= 6 && text.size() <= 16 && text[0] == '+' && text[1] >= '1' &&
           std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

/// simdjson's other reader, which walks over the text instead of making a tree of it.
std::string only_text_of(std::string_view body) {
    simdjson::ondemand::parser parser;
    const simdjson::padded_string padded{body};
    auto document = parser.iterate(padded);
    std::string text;
    std::size_t fields = 0;
    for (auto field : document.get_object()) {
        text = std::string{std::string_view{field.value().get_string()}};
        ++fields;
    }
    NP_CHECK(fields == 1);
    return text;
}

/// What `asked` says is what stands in `body`.
void check_meaning(const AskedNumber& asked, std::string_view body) {
    auto text = only_text_of(body);
    if (asked.form == AskedNumber::Form::number) {
        text.insert(0, text.starts_with('+') ? "" : "+");
        NP_CHECK(is_e164(text) && asked.digest == crypto().sha256(text));
        const auto anew = R"({"phoneNumber":")" + text + R"("})";
        NP_CHECK(same(reader().read_body(anew, kStrict), asked));
        return;
    }
    NP_CHECK(text.size() == 64 && parse_hex(text) == Bytes{as_view(asked.digest)});
    const auto anew = R"({ "hashedPhoneNumber" : ")" + to_hex(as_view(asked.digest)) + R"(" })";
    NP_CHECK(same(reader().read_body(anew, kStrict), asked));
}

void check_blanks(const Asked& asked, std::string_view body, Client::PlusSign plus) {
    if (asked) {
        NP_CHECK(same(reader().read_body(" \r\n" + std::string{body} + "\t\n", plus), asked));
        NP_CHECK(!reader().read_body(std::string{body} + "x", plus));
    }
}

void check_whole(std::string_view type, std::string_view body, const Asked& asked) {
    http::Request request;
    request.fields.push_back({"content-type", type});
    request.body = body;
    const auto whole = reader().read(request, kStrict);
    if (is_json_media_type(type)) {
        NP_CHECK(same(whole, asked));
    } else {
        NP_CHECK(!whole && whole.error() == Problem::media_type);
    }
}

void check_body(std::string_view type, std::string_view body) {
    const auto strict = reader().read_body(body, kStrict);
    const auto lenient = reader().read_body(body, kLenient);
    NP_CHECK(strict.has_value() || is_flaw_of_body(strict.error()));
    NP_CHECK(lenient.has_value() || is_flaw_of_body(lenient.error()));
    NP_CHECK(!strict || same(strict, lenient));
    if (lenient) {
        check_meaning(*lenient, body);
    }
    check_blanks(strict, body, kStrict);
    check_blanks(lenient, body, kLenient);
    check_whole(type, body, strict);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto end = std::min(input.find('\n'), input.size());
    const auto value = input.substr(0, end);
    check_field(value);
    check_body(value, input.substr(std::min(end + 1, input.size())));
    return 0;
}
