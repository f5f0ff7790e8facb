// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/line_reader.h"

#include <algorithm>

#include "daemon/http/octets.h"

namespace numproof::http {

LineReader::Found LineReader::next(std::string_view octets, std::size_t bound) noexcept {
    const auto stop = std::min(octets.size(), bound);
    while (seen_ < stop && is_line_octet(octets[seen_])) {
        ++seen_;
    }
    if (seen_ < stop && octets[seen_] != '\r') {
        return Found::malformed;
    }
    if (seen_ + 1 >= stop) {
        return octets.size() >= bound ? Found::too_long : Found::nothing;
    }
    if (octets[seen_ + 1] != '\n') {
        return Found::malformed;
    }
    line_ = {.at = begin_, .size = seen_ - begin_};
    start(seen_ + 2);
    return Found::line;
}

}  // namespace numproof::http
