// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "daemon/config/render.h"
#include "tools/numproof_docs/manual_pages.h"
#include "tools/numproof_docs/messages_page.h"
#include "tools/numproof_docs/metrics_page.h"

namespace numproof {
namespace {

/// A file of the repository that is made from the program's own tables.
struct Page {
    std::string_view name;
    std::string_view path;
    std::string (*make)();
};

constexpr std::array kPages{
    Page{"settings-yaml", "config/numproof.yaml", &settings_yaml},
    Page{"settings-md", "docs/settings.md", &settings_markdown},
    Page{"messages-md", "docs/messages.md", &messages_markdown},
    Page{"settings-man", "packaging/man/numproof.yaml.5", &settings_manual},
    Page{"clients-man", "packaging/man/numproof-clients.5", &clients_manual},
    Page{"metrics-md", "docs/metrics.md", &metrics_markdown},
};

int usage() {
    std::string text = "usage: numproof-docs PAGE, where PAGE is one of\n";
    for (const auto& page : kPages) {
        text.append("  ").append(page.name).append("  ").append(page.path).append("\n");
    }
    std::fputs(text.c_str(), stderr);
    return 64;
}

int print(std::string_view name) {
    const auto* const page = std::ranges::find(kPages, name, &Page::name);
    if (page == kPages.end()) {
        return usage();
    }
    const auto text = page->make();
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 74;
}

}  // namespace
}  // namespace numproof

int main(int argc, char** argv) {
    return argc == 2 ? numproof::print(argv[1]) : numproof::usage();
}
