// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace numproof {

/// Frees what a C library made: `std::unique_ptr<EVP_MD, Freer<EVP_MD_free>>`.
template <auto Free>
struct Freer {
    template <typename T>
    void operator()(T* made) const noexcept {
        Free(made);
    }
};

}  // namespace numproof
