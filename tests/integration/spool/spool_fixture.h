// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "adapters/event/event_loop.h"
#include "adapters/openssl/openssl_crypto.h"
#include "adapters/spool/segment_format.h"
#include "adapters/spool/spool.h"
#include "adapters/spool/spool_audit_log.h"
#include "daemon/audit/chain_verifier.h"
#include "tests/fakes/pumped_loop.h"

namespace numproof {

/// Remembers which messages were logged. Thread-safe.
class SharedLog final : public Log {
public:
    void write(const Message& message, std::initializer_list<LogField>) override {
        const std::lock_guard lock{mutex_};
        ids_.insert(message.id);
    }

    [[nodiscard]] bool has(std::string_view id) const {
        const std::lock_guard lock{mutex_};
        return ids_.contains(id);
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string_view> ids_;
};

/// A folder that goes when the test ends.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "np-spool-XXXXXX").string();
        NP_CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ~ScratchFolder() { std::filesystem::remove_all(path_); }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& octets) {
    std::ofstream{path, std::ios::binary}.write(
        octets.data(), static_cast<std::streamsize>(octets.size())
    );
}

/// All segments of a folder, oldest first.
inline std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".seg") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

/// All good records in a folder, oldest first.
inline std::vector<AuditRecord> records_in(const std::filesystem::path& folder) {
    std::vector<AuditRecord> records;
    for (const auto& path : segments_in(folder)) {
        const auto file = read_file(path);
        const auto header = segment::parse_header(file);
        for (auto& placed : segment::scan(file, header ? header->size : 0, 1U << 30U).records) {
            records.push_back(std::move(placed.record));
        }
    }
    return records;
}

/// A spool in a scratch folder, and everything that it needs.
class SpoolFixture : public testing::Test {
protected:
    SpoolParts parts(SpoolFiles& files) {
        return {.crypto = crypto_, .clock = clock_, .log = log_, .files = files, .key = key_};
    }

    /// Opens and starts a spool on `files`.
    std::unique_ptr<Spool> start(SpoolFiles& files, SpoolSettings settings = {.node = "np1"}) {
        auto opened = Spool::open(parts(files), std::move(settings));
        EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().detail);
        NP_CHECK(opened.has_value());
        (*opened)->start();
        return std::move(*opened);
    }

    AuditEntry entry(const std::string& name) const {
        return {
            .kind = AuditKind::verification_answered,
            .time = clock_.wall_now(),
            .partition_key = "p",
            .correlation_id = {},
            .trace_parent = {},
            .data = R"({"name":")" + name + "\"}"};
    }

    Deadline soon(Milliseconds budget = Milliseconds{10'000}) const {
        return Deadline::after(clock_.mono_now(), budget);
    }

    /// Appends one entry and waits for the answer.
    Result<void> append(Spool& spool, const std::string& name) {
        SpoolAuditLog log{spool, loop_, clock_};
        return loop_.run(log.append(entry(name), soon()));
    }

    /// Everything in the folder is one unbroken chain per source.
    void expect_whole_chain(const std::vector<AuditRecord>& records) const {
        const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
        for (const auto& finding : report.findings) {
            ADD_FAILURE() << name_of(finding.fault) << " at " << finding.source << " "
                          << finding.sequence;
        }
    }

    [[nodiscard]] const std::filesystem::path& folder() const { return scratch_.path(); }

    ScratchFolder scratch_;
    OpensslCrypto crypto_;
    SystemClock clock_;
    SharedLog log_;
    NamedKey key_ = name_key(crypto_, SecretKey{std::string(32, 'a')});
    PumpedLoop loop_;
};

/// The names that entry() gave, without the spool's own events.
inline std::vector<std::string> names_of(const std::vector<AuditRecord>& records) {
    static constexpr std::string_view kBefore = R"({"name":")";
    std::vector<std::string> names;
    for (const auto& record : records) {
        if (record.value.starts_with(kBefore)) {
            const auto rest = record.value.substr(kBefore.size());
            names.push_back(rest.substr(0, rest.find('"')));
        }
    }
    return names;
}

}  // namespace numproof
