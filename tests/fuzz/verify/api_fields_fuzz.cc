// SPDX-License-Identifier: Apache-2.0
// The values of the fields that the API reads: `Authorization`, `x-correlator`, `traceparent` and
// `Content-Type`. What is taken has only the characters that it may have.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/base/check.h"
#include "daemon/domain/correlator.h"
#include "daemon/verify/bearer.h"
#include "daemon/verify/trace_parent.h"
#include "daemon/verify/verify_command.h"

namespace numproof {
namespace {

bool is_printable(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check(std::string_view value) {
    http::Request request;
    request.fields.push_back({"Authorization", value});
    const auto token = read_bearer(request);
    if (token) {
        NP_CHECK(!token->empty() && is_printable(token->reveal()));
    } else {
        NP_CHECK(token.error() == Problem::no_credentials || token.error() == Problem::bad_token);
    }
    NP_CHECK(!is_good_correlator(value) || (is_printable(value) && value.size() <= 256));
    NP_CHECK(!is_good_trace_parent(value) || (is_printable(value) && value.size() == 55));
    NP_CHECK(!is_json_media_type(value) || value.size() >= 16);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    numproof::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
