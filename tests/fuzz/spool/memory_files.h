// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/spool/spool_files.h"

namespace numproof {

/// A file of MemoryFiles.
class MemoryFile final : public SpoolFile {
public:
    explicit MemoryFile(Bytes& octets) noexcept : octets_(octets) {}

    Result<void> append(std::string_view octets) override {
        octets_.append(octets);
        return {};
    }

    Result<void> sync() override { return {}; }

    Result<void> truncate(std::uint64_t size) override {
        octets_.resize(size);
        return {};
    }

private:
    Bytes& octets_;
};

/// A folder in memory, which never fails. A link is a copy: nobody writes to a linked file.
class MemoryFiles final : public SpoolFiles {
public:
    std::map<std::string, Bytes> files;

    Result<void> lock() override { return {}; }

    [[nodiscard]] Result<std::vector<std::string>> list() const override {
        std::vector<std::string> names;
        for (const auto& [name, octets] : files) {
            names.push_back(name);
        }
        return names;
    }

    [[nodiscard]] Result<std::unique_ptr<SpoolFile>> create(const std::string& name) override {
        const auto [at, fresh] = files.try_emplace(name);
        if (!fresh) {
            return fail(ErrorCode::io_failure, "the file exists");
        }
        return std::make_unique<MemoryFile>(at->second);
    }

    [[nodiscard]] Result<std::unique_ptr<SpoolFile>> open(const std::string& name) override {
        const auto at = files.find(name);
        if (at == files.end()) {
            return fail(ErrorCode::io_failure, "no such file");
        }
        return std::make_unique<MemoryFile>(at->second);
    }

    [[nodiscard]] Result<Bytes> read(
        const std::string& name, std::uint64_t offset, std::size_t size
    ) const override {
        const auto at = files.find(name);
        if (at == files.end() || offset > at->second.size()) {
            return fail(ErrorCode::io_failure, "no such file");
        }
        return at->second.substr(offset, size);
    }

    [[nodiscard]] Result<std::uint64_t> size_of(const std::string& name) const override {
        const auto at = files.find(name);
        if (at == files.end()) {
            return fail(ErrorCode::io_failure, "no such file");
        }
        return at->second.size();
    }

    Result<void> rename(const Renaming& names) override {
        auto moved = files.extract(names.from);
        if (moved.empty()) {
            return fail(ErrorCode::io_failure, "no such file");
        }
        files[names.to] = std::move(moved.mapped());
        return {};
    }

    Result<void> link(const Renaming& names) override {
        files.try_emplace(names.to, files.at(names.from));
        return {};
    }

    Result<void> remove(const std::string& name) override {
        files.erase(name);
        return {};
    }

    Result<void> sync_folder() override { return {}; }
};

}  // namespace numproof
