// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over the files of folders, and over some prefixes of each of them. Each file
// is named before it runs, so that the last name is the one to look at.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kPrefixesMax = 8;

void replay(const std::filesystem::path& file) {
    std::cout << file.string() << std::endl;
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
        std::cerr << "cannot be read\n";
        std::exit(1);
    }
    const std::string octets{std::istreambuf_iterator<char>{stream}, {}};
    const std::size_t step = octets.size() / kPrefixesMax + 1;
    for (std::size_t size = octets.size() % step; size <= octets.size(); size += step) {
        // A copy of its own, so that a sanitizer sees a read behind its end.
        const std::string part{octets.substr(0, size)};
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator{argv[i]}) {
            replay(entry.path());
            ++files;
        }
        std::cout << files << " files replayed\n";
        if (files == 0) {
            std::cerr << argv[i] << " is empty\n";
            return 1;
        }
    }
    return argc > 1 ? 0 : 1;
}
