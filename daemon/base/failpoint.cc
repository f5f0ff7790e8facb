// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/failpoint.h"

#ifdef NUMPROOF_FAILPOINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace numproof {
namespace {

struct Armed {
    std::string name;
    int count = 1;
};

Armed read_environment() {
    const char* set = std::getenv("NUMPROOF_FAILPOINT");
    const std::string_view text = set == nullptr ? "" : set;
    const auto colon = text.find(':');
    Armed armed{.name = std::string{text.substr(0, colon)}};
    if (colon != std::string_view::npos) {
        armed.count = std::atoi(text.substr(colon + 1).data());
    }
    return armed;
}

}  // namespace

void hit_failpoint(const char* name) noexcept {
    static const Armed armed = read_environment();
    static std::atomic<int> hits{0};
    if (armed.name == name && hits.fetch_add(1) + 1 == armed.count) {
        std::raise(SIGKILL);
    }
}

}  // namespace numproof

#endif
