// SPDX-License-Identifier: Apache-2.0
// Whatever is in the file: it is judged, and what is accepted is accepted again as it is shown,
// with the same settings.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/yaml/settings_loader.h"
#include "daemon/base/check.h"
#include "daemon/config/render.h"

namespace numproof {
namespace {

void check(std::string_view text, ConfigurationContext::Mode mode) {
    const ConfigurationContext context{.mode = mode};
    const auto read = load_settings({.source = "f", .content = text}, {}, context);
    if (!read) {
        NP_CHECK(!to_text(read.error()).empty());
        return;
    }
    const auto shown = effective_yaml(read->effective);
    const auto again = load_settings({.source = "f", .content = shown}, {}, context);
    NP_CHECK(again.has_value());
    NP_CHECK(effective_yaml(again->effective) == shown);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace numproof;
    const std::string_view text{reinterpret_cast<const char*>(octets), size};
    check(text, ConfigurationContext::Mode::sandbox);
    check(text, ConfigurationContext::Mode::regular);
    return 0;
}
