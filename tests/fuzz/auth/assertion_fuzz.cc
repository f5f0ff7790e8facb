// SPDX-License-Identifier: Apache-2.0
// Claims that are accepted live at most 300 s and have a name to be remembered by.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/auth/client_assertion.h"
#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    static const std::array<std::string, 1> kAudiences{"https://idp.example.com"};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto now = wall_from_ms(1795341600000);
    const AssertionExpectation expected{.client_id = "jwt", .audiences = kAudiences, .now = now};
    const auto claims = check_assertion(text, expected);
    if (claims) {
        NP_CHECK(!claims->jti.empty());
        NP_CHECK(claims->not_after > now && claims->not_after <= now + Milliseconds{300000});
    }
    static_cast<void>(claimed_subject(text));
    const auto subject = claimed_subject("x." + to_base64url(text) + ".x");
    NP_CHECK(!claims || subject == "jwt");
    return 0;
}
