// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/spool/shipper.h"
#include "tests/fakes/fake_audit_sink.h"
#include "tests/integration/spool/faulty_files.h"
#include "tests/integration/spool/spool_fixture.h"

namespace numproof {
namespace {

/// A process that appends until it is killed, and tells on a pipe what was acknowledged.
class SpoolCrashTest : public SpoolFixture {
protected:
    /// Starts it; it dies by itself at its `syncs`-th sync, or never when that is 0.
    void start_writer(int round, int syncs) {
        ASSERT_EQ(::pipe(pipe_), 0);
        child_ = ::fork();
        ASSERT_GE(child_, 0);
        if (child_ == 0) {
            ::close(pipe_[0]);
            append_for_ever(round, syncs);
        }
        ::close(pipe_[1]);
    }

    [[noreturn]] void append_for_ever(int round, int syncs) {
        FaultyFiles files{folder().string()};
        files.faults.before_sync = [&] {
            if (syncs > 0 && files.faults.syncs + 1 == syncs) {
                ::raise(SIGKILL);
            }
        };
        SpoolSettings settings{.node = "np1"};
        settings.limits.segment_bytes = 8192;
        const auto spool = start(files, settings);
        SpoolAuditLog log{*spool, loop_, clock_};
        for (int i = 0;; ++i) {
            const auto name = std::to_string(round) + "-" + std::to_string(i) + "\n";
            const auto answer =
                loop_.run(log.append(entry(name.substr(0, name.size() - 1)), soon()));
            if (!answer || ::write(pipe_[1], name.data(), name.size()) < 0) {
                ::_exit(1);
            }
        }
    }

    /// Reads acknowledged names until `count` are there (kills it then) or the writer is dead.
    void collect_acknowledged(std::size_t count) {
        std::string text;
        char buffer[4096];
        ssize_t got = 0;
        while ((got = ::read(pipe_[0], buffer, sizeof buffer)) > 0) {
            text.append(buffer, static_cast<std::size_t>(got));
            if (static_cast<std::size_t>(std::ranges::count(text, '\n')) >= count) {
                ::kill(child_, SIGKILL);
            }
        }
        ::close(pipe_[0]);
        int status = 0;
        ::waitpid(child_, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
        for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
             at = end + 1) {
            acknowledged_.push_back(text.substr(at, end - at));
        }
    }

    /// Every acknowledged event is delivered by a next run, and no source has a gap.
    void expect_nothing_lost() {
        PosixSpoolFiles files{folder().string()};
        FakeAuditSink sink;
        auto spool = start(files);
        Shipper shipper{*spool, sink, parts(files), {}};
        shipper.start();
        spool->stop();
        shipper.stop(soon());

        const auto records = sink.records();
        expect_whole_chain(records);
        const auto names = names_of(records);
        const std::set<std::string> found{names.begin(), names.end()};
        EXPECT_EQ(found.size(), names.size());
        for (const auto& name : acknowledged_) {
            EXPECT_TRUE(found.contains(name)) << name;
        }
    }

    int pipe_[2] = {-1, -1};
    pid_t child_ = -1;
    std::vector<std::string> acknowledged_;
};

TEST_F(SpoolCrashTest, KillingTheProcessAtAnyMomentLosesNoAcknowledgedEvent) {
    for (int round = 0; round < 20; ++round) {
        start_writer(round, 0);
        collect_acknowledged(static_cast<std::size_t>(1 + round * 3));
    }

    EXPECT_GE(acknowledged_.size(), 590U);
    expect_nothing_lost();
}

TEST_F(SpoolCrashTest, DyingBetweenWriteAndSyncLosesNoAcknowledgedEvent) {
    for (int syncs = 1; syncs <= 20; ++syncs) {
        start_writer(syncs, syncs);
        collect_acknowledged(1'000'000);
    }

    EXPECT_GT(acknowledged_.size(), 100U);
    expect_nothing_lost();
}

}  // namespace
}  // namespace numproof
