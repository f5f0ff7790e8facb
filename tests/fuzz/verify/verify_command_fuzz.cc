// SPDX-License-Identifier: Apache-2.0
// Whatever the body of `verify` is: it is read or refused with one of its own problems; a strict
// reader takes nothing that a lenient one refuses; what both take asks the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/base/check.h"
#include "daemon/verify/verify_command.h"

namespace numproof {
namespace {

bool is_flaw_of_body(Problem problem) noexcept {
    return problem >= Problem::missing_body && problem <= Problem::unknown_field;
}

void check(std::string_view body) {
    static const OpensslCrypto crypto;
    static VerifyCommandReader reader{crypto};
    const auto strict = reader.read_body(body, Client::PlusSign::required);
    const auto lenient = reader.read_body(body, Client::PlusSign::optional);
    NP_CHECK(strict.has_value() || is_flaw_of_body(strict.error()));
    NP_CHECK(lenient.has_value() || is_flaw_of_body(lenient.error()));
    NP_CHECK(!strict.has_value() || lenient.has_value());
    if (strict && lenient) {
        NP_CHECK(strict->form == lenient->form);
        NP_CHECK(strict->digest == lenient->digest);
    }
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    numproof::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
