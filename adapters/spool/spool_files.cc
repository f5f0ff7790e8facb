// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace numproof {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::size_t kZeros = std::size_t{64} * 1024;

tl::unexpected<Error> os_failure(std::string_view doing, const std::string& path) {
    const auto why = std::generic_category().message(errno);
    return fail(ErrorCode::io_failure, std::string{doing} + " " + path + ": " + why);
}

/// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    [[nodiscard]] int get() const noexcept { return fd_; }

    [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }

private:
    int fd_;
};

class PosixSpoolFile final : public SpoolFile {
public:
    /// The file behind `fd` is empty, or it is only cut.
    PosixSpoolFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    Result<void> prepare(std::uint64_t size) override {
        static constexpr std::array<char, kZeros> zeros{};
        for (auto at = zeroed_; at < size;) {
            const auto step = std::min<std::uint64_t>(zeros.size(), size - at);
            auto written = write_at(at, {zeros.data(), step});
            if (!written) {
                return written;
            }
            at += step;
        }
        zeroed_ = std::max(zeroed_, size);
        return sync();
    }

    Result<void> append(std::string_view octets) override {
        auto written = write_at(end_, octets);
        if (written) {
            end_ += octets.size();
        }
        return written;
    }

    Result<void> sync() override {
        if (::fdatasync(fd_.get()) != 0) {
            return os_failure("cannot sync", path_);
        }
        return {};
    }

    Result<void> truncate(std::uint64_t size) override {
        if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
            return os_failure("cannot cut", path_);
        }
        end_ = std::min(end_, size);
        zeroed_ = std::min(zeroed_, size);
        return {};
    }

private:
    Result<void> write_at(std::uint64_t at, std::string_view octets) {
        while (!octets.empty()) {
            const auto written =
                ::pwrite(fd_.get(), octets.data(), octets.size(), static_cast<off_t>(at));
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written < 0) {
                return os_failure("cannot write", path_);
            }
            octets.remove_prefix(static_cast<std::size_t>(written));
            at += static_cast<std::uint64_t>(written);
        }
        return {};
    }

    Descriptor fd_;
    std::string path_;
    std::uint64_t end_ = 0;
    std::uint64_t zeroed_ = 0;
};

Result<std::unique_ptr<SpoolFile>> open_file(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, kOwnerOnly);
    if (fd < 0) {
        return os_failure("cannot open", path);
    }
    return std::make_unique<PosixSpoolFile>(fd, path);
}

}  // namespace

PosixSpoolFiles::PosixSpoolFiles(std::string folder) : folder_(std::move(folder)) {}

PosixSpoolFiles::~PosixSpoolFiles() {
    if (lock_fd_ >= 0) {
        ::close(lock_fd_);
    }
}

Result<void> PosixSpoolFiles::lock() {
    const auto name = path("lock");
    lock_fd_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
    if (lock_fd_ < 0) {
        return os_failure("cannot open", name);
    }
    if (::flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) {
        return {};
    }
    if (errno == EWOULDBLOCK) {
        return fail(
            ErrorCode::invalid_configuration,
            "audit.spool_dir " + folder_ + " is in use by another process"
        );
    }
    return os_failure("cannot lock", name);
}

Result<std::vector<std::string>> PosixSpoolFiles::list() const {
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator at{folder_, error}, end; !error && at != end;
         at.increment(error)) {
        names.push_back(at->path().filename().string());
    }
    if (error) {
        return fail(ErrorCode::io_failure, "cannot read " + folder_ + ": " + error.message());
    }
    std::ranges::sort(names);
    return names;
}

std::uint64_t PosixSpoolFiles::room() const {
    struct statvfs status {};

    if (::statvfs(folder_.c_str(), &status) != 0) {
        return 0;
    }
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

Result<std::unique_ptr<SpoolFile>> PosixSpoolFiles::create(const std::string& name) {
    return open_file(path(name), O_CREAT | O_EXCL);
}

Result<std::unique_ptr<SpoolFile>> PosixSpoolFiles::open(const std::string& name) {
    return open_file(path(name), 0);
}

Result<Bytes> PosixSpoolFiles::read(const std::string& name, std::uint64_t offset, std::size_t size)
    const {
    const Descriptor fd{::open(path(name).c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd.valid()) {
        return os_failure("cannot open", path(name));
    }
    Bytes octets(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto at = static_cast<off_t>(offset + have);
        const auto got = ::pread(fd.get(), octets.data() + have, size - have, at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return os_failure("cannot read", path(name));
        }
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(got);
    }
    octets.resize(have);
    return octets;
}

Result<std::uint64_t> PosixSpoolFiles::size_of(const std::string& name) const {
    struct stat status {};

    if (::stat(path(name).c_str(), &status) != 0) {
        return os_failure("cannot look at", path(name));
    }
    return static_cast<std::uint64_t>(status.st_size);
}

Result<void> PosixSpoolFiles::rename(const Renaming& names) {
    if (::rename(path(names.from).c_str(), path(names.to).c_str()) != 0) {
        return os_failure("cannot rename", path(names.from));
    }
    return {};
}

Result<void> PosixSpoolFiles::link(const Renaming& names) {
    const int done = ::link(path(names.from).c_str(), path(names.to).c_str());
    if (done != 0 && errno != EEXIST) {
        return os_failure("cannot link", path(names.from));
    }
    return {};
}

Result<void> PosixSpoolFiles::remove(const std::string& name) {
    if (::unlink(path(name).c_str()) != 0 && errno != ENOENT) {
        return os_failure("cannot remove", path(name));
    }
    return {};
}

Result<void> PosixSpoolFiles::sync_folder() {
    const Descriptor fd{::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd.valid() || ::fsync(fd.get()) != 0) {
        return os_failure("cannot sync", folder_);
    }
    return {};
}

}  // namespace numproof
