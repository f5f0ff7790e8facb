// SPDX-License-Identifier: Apache-2.0
// Whatever a form parser accepts, writing its text anew and reading that gives the same text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/auth/form.h"
#include "daemon/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto decoded = decode_form_text(text);
    if (decoded) {
        NP_CHECK(decoded->size() <= text.size());
        NP_CHECK(decode_form_text(encode_query_text(*decoded)).value() == *decoded);
    }
    NP_CHECK(decode_form_text(encode_query_text(text)).value() == text);
    const auto form = Form::parse(text);
    if (form) {
        NP_CHECK(form->has_repeats() || !form->repeats("client_id"));
        const auto state = form->find("state");
        NP_CHECK(!state || !state->empty());
    }
    return 0;
}
