// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/file_reader.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace numproof {
namespace {

/// A file descriptor that is closed in the end.
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

private:
    int fd_;
};

tl::unexpected<Error> refuse(const std::string& path, const std::string& reason) {
    return fail(ErrorCode::invalid_configuration, path + ": " + reason);
}

std::string system_reason() {
    return std::generic_category().message(errno);
}

Result<void> check_status(
    const Descriptor& file, const std::string& path, const FileLimits& limits
) {
    struct stat status {};

    if (::fstat(file.get(), &status) != 0) {
        return refuse(path, system_reason());
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(path, "not a regular file");
    }
    if (limits.audience == FileAudience::owner_and_group && (status.st_mode & S_IRWXO) != 0) {
        return refuse(path, "everybody can read it; make it private: chmod o= " + path);
    }
    if (static_cast<std::size_t>(status.st_size) > limits.bytes_max) {
        return refuse(path, "larger than " + std::to_string(limits.bytes_max) + " octets");
    }
    return {};
}

Result<void> write_all(const Descriptor& file, const std::string& path, std::string_view rest) {
    while (!rest.empty()) {
        const auto written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno != EINTR) {
            return refuse(path, system_reason());
        }
        rest.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) {
        return refuse(path, system_reason());
    }
    return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, const FileLimits& limits) {
    // A pipe would block for ever at open(); it is refused below.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.get() < 0) {
        return refuse(path, system_reason());
    }
    if (auto checked = check_status(file, path, limits); !checked) {
        return pass_on(checked);
    }
    std::string content(limits.bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        const auto got = ::read(file.get(), content.data() + size, content.size() - size);
        if (got < 0 && errno != EINTR) {
            return refuse(path, system_reason());
        }
        if (got == 0) {
            break;
        }
        size += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    if (size > limits.bytes_max) {
        return refuse(path, "larger than " + std::to_string(limits.bytes_max) + " octets");
    }
    content.resize(size);
    return content;
}

Result<void> create_private_file(const std::string& path, const std::string& content) {
    const Descriptor file{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0) {
        return refuse(path, system_reason());
    }
    return write_all(file, path, content);
}

Result<void> replace_private_file(const std::string& path, std::string_view content) {
    std::error_code no_file;
    const auto target = std::filesystem::canonical(path, no_file);

    struct stat status {};

    if (no_file || ::stat(target.c_str(), &status) != 0) {
        return refuse(path, no_file ? no_file.message() : system_reason());
    }
    const auto beside = target.string() + ".new";
    {
        const Descriptor file{
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
        if (file.get() < 0) {
            return refuse(beside, system_reason());
        }
        auto written = write_all(file, beside, content);
        const bool kept = ::fchown(file.get(), status.st_uid, status.st_gid) == 0 &&
                          ::fchmod(file.get(), status.st_mode & 07777) == 0;
        if (written && !kept) {
            written = refuse(beside, system_reason());
        }
        if (!written) {
            (void)::unlink(beside.c_str());
            return written;
        }
    }
    if (::rename(beside.c_str(), target.c_str()) != 0) {
        auto refused = refuse(path, system_reason());
        (void)::unlink(beside.c_str());
        return refused;
    }
    const Descriptor folder{
        ::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
        return refuse(path, system_reason());
    }
    return {};
}

}  // namespace numproof
