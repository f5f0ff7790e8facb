// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/domain/client.h"
#include "daemon/http/message.h"
#include "daemon/ports/crypto.h"
#include "daemon/verify/problem.h"

namespace numproof {

/// The number that a caller believes in, as its SHA-256: all that a comparison needs.
struct AskedNumber {
    enum class Form : std::uint8_t {
        number,  ///< The caller sent it; the digest is ours, over E.164 with `+`.
        digest   ///< The caller sent the digest.
    };

    Form form = Form::number;
    Digest digest{};
};

/// Reads the body of `verify`. It keeps its parser's memory between requests: one per event loop,
/// not thread-safe. `crypto` outlives it.
class VerifyCommandReader {
public:
    explicit VerifyCommandReader(const Crypto& crypto);
    ~VerifyCommandReader();
    VerifyCommandReader(const VerifyCommandReader&) = delete;
    VerifyCommandReader& operator=(const VerifyCommandReader&) = delete;

    /// What `request` asks: media type first, then the body. `plus` says whether this client may
    /// leave out the `+` of a number.
    [[nodiscard]] OrProblem<AskedNumber> read(const http::Request& request, Client::PlusSign plus);

    /// As read(), for the body alone: missing_body, unreadable_body (not JSON, not one object, a
    /// key twice), missing_field, both_fields, unknown_field or bad_field.
    [[nodiscard]] OrProblem<AskedNumber> read_body(std::string_view body, Client::PlusSign plus);

private:
    struct Parser;

    [[nodiscard]] OrProblem<AskedNumber> read_number(std::string_view text, Client::PlusSign plus);

    const Crypto& crypto_;
    std::unique_ptr<Parser> parser_;
};

/// True if `value` is `application/json`, alone or with `charset=utf-8`; case is free.
[[nodiscard]] bool is_json_media_type(std::string_view value);

}  // namespace numproof
