// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over the files of a folder, and over every prefix of each of them.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kPrefixesMax = 4096;

void replay(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
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
    std::size_t files = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator{argv[i]}) {
            replay(entry.path());
            ++files;
        }
    }
    std::cout << files << " files replayed\n";
    return files == 0 ? 1 : 0;
}
