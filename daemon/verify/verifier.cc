// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/verifier.h"

#include <utility>

#include "daemon/verify/verification.h"

namespace numproof {

Verifier::Verifier(VerifyParts parts)
    : parts_(std::move(parts)), clients_by_tag_(parts_.codec), reader_(parts_.vault.crypto()) {}

Task<http::Response> Verifier::answer(
    ApiFace face, Operation operation, const http::Request& request, Deadline deadline
) {
    const Verification::Shared shared{
        .parts = parts_, .clients_by_tag = clients_by_tag_, .reader = reader_};
    Verification verification{shared, face, operation, request, deadline};
    co_return co_await verification.answer();
}

}  // namespace numproof
