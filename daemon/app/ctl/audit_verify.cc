// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/openssl/openssl_crypto.h"
#include "adapters/yaml/key_file.h"
#include "daemon/app/ctl/audit_commands.h"
#include "daemon/app/ctl/audit_dump.h"
#include "daemon/app/exit_codes.h"

namespace numproof::ctl {
namespace {

/// Nothing that Kafka takes is longer; what is, is no record.
constexpr std::size_t kLineMax = std::size_t{8} << 20U;

struct CloseFile {
    void operator()(std::FILE* file) const noexcept {
        if (file != stdin) {
            (void)std::fclose(file);
        }
    }
};

int complain(const std::string& text) {
    std::fprintf(stderr, "numproofctl: %s\n", text.c_str());
    return kExitUsage;
}

/// Reads lines of bounded length; of a longer one only the beginning, which is no record then.
class LineReader {
public:
    explicit LineReader(const std::string& path)
        : file_(path == "-" ? stdin : std::fopen(path.c_str(), "re")), chunk_(1U << 16U) {}

    [[nodiscard]] bool good() const noexcept {
        return file_ != nullptr && std::ferror(file_.get()) == 0;
    }

    void each(const std::function<void(std::string_view line)>& take) {
        std::string line;
        while (const auto size = std::fread(chunk_.data(), 1, chunk_.size(), file_.get())) {
            std::string_view rest{chunk_.data(), size};
            for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
                append(line, rest.substr(0, end));
                take(line);
                line.clear();
                rest.remove_prefix(end + 1);
            }
            append(line, rest);
        }
        if (!line.empty()) {
            take(line);
        }
    }

private:
    static void append(std::string& line, std::string_view part) {
        line.append(part.substr(0, kLineMax - std::min(kLineMax, line.size())));
    }

    std::unique_ptr<std::FILE, CloseFile> file_;
    std::vector<char> chunk_;
};

Result<KeyRing> read_keys(const std::string& path) {
    KeyRing ring;
    if (path.empty()) {
        return ring;
    }
    auto keys = read_key_file(path);
    if (!keys) {
        return pass_on(keys);
    }
    for (auto& key : *keys) {
        ring.push_back(name_key(OpensslCrypto{}, std::move(key)));
    }
    return ring;
}

Result<void> add_dump(ChainVerifier& verifier, const std::string& path) {
    LineReader lines{path};
    if (!lines.good()) {
        return fail(ErrorCode::io_failure, path + " cannot be read");
    }
    lines.each([&](std::string_view line) {
        if (const auto read = parse_dump_line(line)) {
            verifier.add(read->record, read->partition);
        } else {
            verifier.add_unreadable();
        }
    });
    return lines.good() ? Result<void>{}
                        : fail(ErrorCode::io_failure, path + " cannot be read to its end");
}

Result<void> add_kept(ChainVerifier& verifier, const std::string& path) {
    LineReader lines{path};
    if (!lines.good()) {
        return fail(ErrorCode::io_failure, path + " cannot be read");
    }
    std::size_t position = 0;
    bool readable = true;
    lines.each([&](std::string_view line) {
        const auto read = parse_dump_line(line);
        readable = readable && read && verifier.expect(read->record, position);
        position += readable ? 1 : 0;
    });
    if (!lines.good() || !readable || position == 0) {
        return fail(
            ErrorCode::malformed,
            path + ":" + std::to_string(position + 1) + ":1: this is no audit event"
        );
    }
    return {};
}

}  // namespace

int audit_verify(const Context& context, const AuditDump& dump) {
    const auto keys = read_keys(dump.key_file);
    if (!keys) {
        return complain(keys.error().detail);
    }
    const OpensslCrypto crypto;
    ChainVerifier verifier{
        crypto,
        *keys,
        {.order = dump.any_order ? DumpOrder::by_sequence : DumpOrder::as_written,
         .start = dump.from_middle ? ChainStart::anywhere : ChainStart::first}};
    if (const auto read = add_dump(verifier, dump.file); !read) {
        return complain(read.error().detail);
    }
    if (!dump.kept_file.empty()) {
        if (const auto read = add_kept(verifier, dump.kept_file); !read) {
            return complain(read.error().detail);
        }
    }
    const auto report = verifier.finish();
    const auto text = context.format == Format::json ? findings_json(report, !keys->empty()) + "\n"
                                                     : findings_table(report, !keys->empty());
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    return holds(report) ? kExitOk : kExitFailed;
}

}  // namespace numproof::ctl
