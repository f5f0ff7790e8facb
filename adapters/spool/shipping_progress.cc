// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/shipping_progress.h"

#include <charconv>
#include <string>
#include <string_view>

namespace numproof {
namespace {

constexpr const char* kName = ".shipped";
constexpr const char* kNextName = ".shipped.tmp";
constexpr std::size_t kSizeMax = 128;

/// Cuts a decimal number and the blank or newline after it off the front.
template <typename Integer>
bool take(std::string_view& text, Integer& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto used = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || used == text.size()) {
        return false;
    }
    text.remove_prefix(used + 1);
    return true;
}

}  // namespace

Result<void> save_progress(SpoolFiles& files, const ShippingProgress& progress) {
    auto cleared = files.remove(kNextName);
    if (!cleared) {
        return cleared;
    }
    auto file = files.create(kNextName);
    if (!file) {
        return pass_on(file);
    }
    const auto text = std::to_string(progress.number) + ' ' + std::to_string(progress.offset) +
                      ' ' + std::to_string(progress.identity) + '\n';
    return (*file)->append(text).and_then([&] {
        return files.rename({.from = kNextName, .to = kName});
    });
}

std::optional<ShippingProgress> load_progress(const SpoolFiles& files) {
    const auto text = files.read(kName, 0, kSizeMax);
    if (!text) {
        return std::nullopt;
    }
    ShippingProgress progress;
    std::string_view rest{*text};
    const bool good = take(rest, progress.number) && take(rest, progress.offset) &&
                      take(rest, progress.identity) && rest.empty();
    return good ? std::optional{progress} : std::nullopt;
}

}  // namespace numproof
