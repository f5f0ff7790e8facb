// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "adapters/spool/spool_files.h"

namespace numproof {

/// What a disk can do wrong; each switch stays on until it is switched off.
struct DiskFaults {
    std::atomic<bool> prepare{false};              ///< Half of it is there, then ENOSPC.
    std::atomic<bool> rename{false};               ///< EIO.
    std::atomic<bool> write{false};                ///< Half of it is written, then ENOSPC.
    std::atomic<bool> sync{false};                 ///< EIO.
    std::atomic<bool> truncate{false};             ///< EROFS.
    std::atomic<bool> create{false};               ///< ENOSPC.
    std::atomic<bool> sync_folder{false};          ///< EIO.
    std::atomic<bool> read{false};                 ///< EIO.
    std::atomic<std::uint64_t> room{1ULL << 40U};  ///< What the file system says is free.
    std::atomic<int> syncs{0};                     ///< How many there were, but for preparing.
    std::function<void()> before_sync;             ///< Set before the spool starts.
};

class FaultyFile final : public SpoolFile {
public:
    FaultyFile(std::unique_ptr<SpoolFile> real, DiskFaults& faults)
        : real_(std::move(real)), faults_(faults) {}

    Result<void> prepare(std::uint64_t size) override {
        return real_->prepare(faults_.prepare ? size / 2 : size).and_then([this]() -> Result<void> {
            return faults_.prepare ? failure("no space left on device") : Result<void>{};
        });
    }

    Result<void> append(std::string_view octets) override {
        if (!faults_.write) {
            return real_->append(octets);
        }
        return real_->append(octets.substr(0, octets.size() / 2)).and_then([] {
            return failure("no space left on device");
        });
    }

    Result<void> sync() override {
        if (faults_.before_sync) {
            faults_.before_sync();
        }
        ++faults_.syncs;
        return faults_.sync ? failure("input/output error") : real_->sync();
    }

    Result<void> truncate(std::uint64_t size) override {
        return faults_.truncate ? failure("read-only file system") : real_->truncate(size);
    }

    static Result<void> failure(const char* why) { return fail(ErrorCode::io_failure, why); }

private:
    std::unique_ptr<SpoolFile> real_;
    DiskFaults& faults_;
};

/// A real folder whose disk misbehaves on demand.
class FaultyFiles final : public SpoolFiles {
public:
    explicit FaultyFiles(const std::string& folder) : real_(folder) {}

    DiskFaults faults;

    Result<void> lock() override { return real_.lock(); }

    std::uint64_t room() const override { return faults.room; }

    Result<std::vector<std::string>> list() const override { return real_.list(); }

    Result<std::unique_ptr<SpoolFile>> create(const std::string& name) override {
        if (faults.create) {
            return fail(ErrorCode::io_failure, "no space left on device");
        }
        return wrap(real_.create(name));
    }

    Result<std::unique_ptr<SpoolFile>> open(const std::string& name) override {
        return wrap(real_.open(name));
    }

    Result<Bytes> read(const std::string& name, std::uint64_t offset, std::size_t size)
        const override {
        if (faults.read) {
            return fail(ErrorCode::io_failure, "input/output error");
        }
        return real_.read(name, offset, size);
    }

    Result<std::uint64_t> size_of(const std::string& name) const override {
        return real_.size_of(name);
    }

    Result<void> rename(const Renaming& names) override {
        return faults.rename ? FaultyFile::failure("input/output error") : real_.rename(names);
    }

    Result<void> link(const Renaming& names) override { return real_.link(names); }

    Result<void> remove(const std::string& name) override { return real_.remove(name); }

    Result<void> sync_folder() override {
        return faults.sync_folder ? FaultyFile::failure("input/output error") : real_.sync_folder();
    }

private:
    Result<std::unique_ptr<SpoolFile>> wrap(Result<std::unique_ptr<SpoolFile>> file) {
        if (!file) {
            return file;
        }
        return std::make_unique<FaultyFile>(std::move(*file), faults);
    }

    PosixSpoolFiles real_;
};

}  // namespace numproof
