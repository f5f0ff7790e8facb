// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace numproof {

/// A segment that is being written.
class SpoolFile {
public:
    SpoolFile() = default;
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;
    virtual ~SpoolFile() = default;

    /// Makes the file `size` octets long by zeros, and them durable. append() writes over them:
    /// then a sync has nothing but the octets themselves to write. After a failure any part is
    /// there. A file that gains nothing by it need not do it.
    virtual Result<void> prepare(std::uint64_t size) {
        static_cast<void>(size);
        return {};
    }

    /// Appends all of `octets` to what was appended before; after a failure any part of them may be
    /// there.
    virtual Result<void> append(std::string_view octets) = 0;

    /// fdatasync(2).
    virtual Result<void> sync() = 0;

    /// Cuts the file back to its first `size` octets.
    virtual Result<void> truncate(std::uint64_t size) = 0;
};

/// What the spool does with its folder. Tests stand in for a disk that fails.
/// Every failure is `io_failure`. Used by one thread at a time, but read() and remove(), which the
/// shipper calls too, and room(), create() and remove() for a spare segment, which has a thread of
/// its own.
class SpoolFiles {
public:
    SpoolFiles() = default;
    SpoolFiles(const SpoolFiles&) = delete;
    SpoolFiles& operator=(const SpoolFiles&) = delete;
    virtual ~SpoolFiles() = default;

    /// Makes the folder ours until the process ends; `invalid_configuration` if it is another's.
    virtual Result<void> lock() = 0;

    /// What messages call the file `name`.
    [[nodiscard]] virtual std::string path(const std::string& name) const { return name; }

    /// Names of all files, sorted.
    [[nodiscard]] virtual Result<std::vector<std::string>> list() const = 0;

    /// Octets that may still be written in the folder, as far as the file system tells.
    [[nodiscard]] virtual std::uint64_t room() const {
        return std::numeric_limits<std::uint64_t>::max();
    }

    /// A new file with mode 0600 for appending; it must not exist.
    [[nodiscard]] virtual Result<std::unique_ptr<SpoolFile>> create(const std::string& name) = 0;

    /// An existing file, to be cut.
    [[nodiscard]] virtual Result<std::unique_ptr<SpoolFile>> open(const std::string& name) = 0;

    /// Up to `size` octets from `offset` on; less at the end of the file.
    [[nodiscard]] virtual Result<Bytes> read(
        const std::string& name, std::uint64_t offset, std::size_t size
    ) const = 0;

    /// Octets in a file.
    [[nodiscard]] virtual Result<std::uint64_t> size_of(const std::string& name) const = 0;

    struct Renaming {
        std::string from;
        std::string to;
    };

    /// Replaces `to`.
    virtual Result<void> rename(const Renaming& names) = 0;

    /// A second name for the same file; a name that exists already is left alone.
    virtual Result<void> link(const Renaming& names) = 0;

    /// Removes a file; durable after sync_folder().
    virtual Result<void> remove(const std::string& name) = 0;

    /// Makes what happened to names durable.
    virtual Result<void> sync_folder() = 0;
};

/// A folder of the file system.
class PosixSpoolFiles final : public SpoolFiles {
public:
    explicit PosixSpoolFiles(std::string folder);
    ~PosixSpoolFiles() override;

    Result<void> lock() override;

    [[nodiscard]] std::string path(const std::string& name) const override {
        return folder_ + "/" + name;
    }

    [[nodiscard]] std::uint64_t room() const override;
    [[nodiscard]] Result<std::vector<std::string>> list() const override;
    [[nodiscard]] Result<std::unique_ptr<SpoolFile>> create(const std::string& name) override;
    [[nodiscard]] Result<std::unique_ptr<SpoolFile>> open(const std::string& name) override;
    [[nodiscard]] Result<Bytes> read(
        const std::string& name, std::uint64_t offset, std::size_t size
    ) const override;
    [[nodiscard]] Result<std::uint64_t> size_of(const std::string& name) const override;
    Result<void> rename(const Renaming& names) override;
    Result<void> link(const Renaming& names) override;
    Result<void> remove(const std::string& name) override;
    Result<void> sync_folder() override;

private:
    std::string folder_;
    int lock_fd_ = -1;
};

}  // namespace numproof
