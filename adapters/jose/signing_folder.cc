// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <iterator>

#include "adapters/jose/jose_signer.h"

namespace numproof {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileMax = 16384;

struct KeyFile {
    fs::path path;
    fs::file_time_type written;
};

tl::unexpected<Error> refuse(const fs::path& path, std::string_view why) {
    return fail(ErrorCode::invalid_configuration, path.string() + ": " + std::string{why});
}

Result<std::vector<KeyFile>> list_pem_files(const fs::path& folder) {
    std::error_code error;
    std::vector<KeyFile> files;
    fs::directory_iterator entries{folder, error};
    for (; !error && entries != fs::directory_iterator{}; entries.increment(error)) {
        if (entries->path().extension() == ".pem") {
            const auto written = entries->last_write_time(error);
            files.push_back({.path = entries->path(), .written = written});
        }
    }
    if (error) {
        return refuse(folder, error.message());
    }
    if (files.empty()) {
        return refuse(folder, "no signing key; `numproofctl key new signing` makes one");
    }
    return files;
}

Result<SigningKey> read_file(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    const auto size = error ? 0 : fs::file_size(path, error);
    if (error) {
        return refuse(path, error.message());
    }
    if ((status.permissions() & fs::perms::others_read) != fs::perms::none) {
        return refuse(path, "everybody can read this key; take that right away");
    }
    if (size > kFileMax) {
        return refuse(path, "too large for a key");
    }
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) {
        return refuse(path, "cannot be read");
    }
    return SigningKey{.kid = path.stem().string(), .pem = SigningPem{std::move(text)}};
}

}  // namespace

Result<std::vector<SigningKey>> read_signing_keys(const fs::path& folder) {
    auto files = list_pem_files(folder);
    if (!files) {
        return pass_on(files);
    }
    std::ranges::sort(*files, [](const KeyFile& a, const KeyFile& b) {
        return a.written != b.written ? a.written > b.written : a.path > b.path;
    });
    std::vector<SigningKey> keys;
    for (const auto& file : *files) {
        auto key = read_file(file.path);
        if (!key) {
            return pass_on(key);
        }
        if (auto numbers = read_signing_key(key->pem); !numbers) {
            return refuse(file.path, numbers.error().detail);
        }
        keys.push_back(std::move(*key));
    }
    return keys;
}

Result<std::unique_ptr<JoseSigner>> JoseSigner::from_folder(const fs::path& folder) {
    auto keys = read_signing_keys(folder);
    if (!keys) {
        return pass_on(keys);
    }
    return from_keys(*keys);
}

}  // namespace numproof
