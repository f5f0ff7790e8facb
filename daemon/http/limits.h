// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace numproof::http {

/// How large a request may be.
struct Limits {
    std::size_t head_bytes = 8 * 1024;  ///< Request line and fields, with the last empty line.
    std::size_t uri_bytes = 6 * 1024;   ///< The request target.
    std::size_t body_bytes = 4 * 1024;  ///< The body, decoded.
    std::size_t headers = 64;           ///< Field lines; as many again in a trailer section.
};

/// What a request is held against before anybody sees it.
struct ScanRules {
    Limits limits;
    /// When not empty: a `Host` that is none of these, with or without its port, is misdirected.
    std::vector<std::string> server_names;
};

}  // namespace numproof::http
