// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/log/log_limiter.h"
#include "adapters/log/log_line.h"
#include "adapters/log/spdlog_log.h"
#include "daemon/telemetry/messages.h"
#include "tests/fakes/fake_clock.h"

namespace numproof {
namespace {

LogLine line(std::vector<LogField> fields = {}) {
    return {
        .time = wall_from_ms(1795341600120),
        .message = messages::not_ready,
        .fields = std::move(fields)};
}

TEST(LogLine, TextHasTimeLevelIdAndQuotedFields) {
    EXPECT_EQ(
        to_text(line({{"reason", "a \"b\"\nc"}})),
        R"(2026-11-22T10:00:00.120Z warning NP-LIFE-003 not ready to answer reason="a \"b\"\nc")"
    );
}

TEST(LogLine, JsonHasTheFieldsAsMembers) {
    EXPECT_EQ(
        to_json(line({{"reason", "stale"}})),
        R"({"time":"2026-11-22T10:00:00.120Z","level":"warning","id":"NP-LIFE-003",)"
        R"("message":"not ready to answer","reason":"stale"})"
    );
}

TEST(LogLine, TheJournalGetsFieldsOfItsOwn) {
    const auto entry = to_journal(line({{"feed-name", "x"}}));

    EXPECT_EQ(
        entry,
        (std::vector<std::string>{
            R"(MESSAGE=not ready to answer feed-name="x")",
            "PRIORITY=4",
            "SYSLOG_IDENTIFIER=numproofd",
            "NUMPROOF_MSG_ID=NP-LIFE-003",
            "NUMPROOF_FEED_NAME=x"})
    );
}

TEST(LogLimiter, KeepsAFloodBackAndCountsIt) {
    LogLimiter limiter;
    const MonoTime now{std::chrono::hours{1}};
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(limiter.admit("a", now), 0U);
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(limiter.admit("a", now + Milliseconds{999}), std::nullopt);
    }

    EXPECT_EQ(limiter.admit("b", now), 0U) << "another message has a window of its own";
    EXPECT_EQ(limiter.admit("a", now + Milliseconds{1000}), 5U);
    EXPECT_EQ(limiter.admit("a", now + Milliseconds{1000}), 0U);
}

/// What `work` makes a log write to stderr.
template <typename Work>
std::vector<std::string> lines_of(LogOptions settings, Work work) {
    testing::internal::CaptureStderr();
    {
        FakeClock clock;
        SpdlogLog log{clock, settings};
        work(log, clock);
    }
    std::vector<std::string> lines;
    std::istringstream text{testing::internal::GetCapturedStderr()};
    for (std::string one; std::getline(text, one);) {
        lines.push_back(one);
    }
    return lines;
}

TEST(SpdlogLog, WritesWhatWaitsBeforeItEnds) {
    const auto lines = lines_of({.target = LogSink::stderr_stream}, [](Log& log, FakeClock&) {
        log.write(messages::started, {{"version", "1"}});
        log.write(messages::ready, {});
    });

    EXPECT_EQ(
        lines,
        (std::vector<std::string>{
            R"(2026-11-22T10:00:00.000Z info NP-LIFE-001 numproofd has started version="1")",
            "2026-11-22T10:00:00.000Z info NP-LIFE-002 ready to answer"})
    );
}

TEST(SpdlogLog, DropsWhatIsLessUrgentThanItsLevel) {
    const LogOptions settings{.target = LogSink::stderr_stream, .level = Severity::warning};
    const auto lines = lines_of(settings, [](Log& log, FakeClock&) {
        log.write(messages::started, {});
        log.write(messages::not_ready, {});
    });

    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find("NP-LIFE-003"), std::string::npos);
}

TEST(SpdlogLog, IsAsItIsTold) {
    testing::internal::CaptureStderr();
    {
        FakeClock clock;
        SpdlogLog log{clock, {.target = LogSink::stderr_stream, .level = Severity::warning}};
        log.write(messages::started, {});
        log.write(messages::not_ready, {});
        log.adopt({.target = LogSink::stderr_stream, .format = LineForm::json});
        log.write(messages::started, {});
    }
    std::istringstream text{testing::internal::GetCapturedStderr()};
    std::string first;
    std::string second;
    std::getline(text, first);
    std::getline(text, second);
    EXPECT_NE(first.find(" warning NP-LIFE-003 "), std::string::npos) << first;
    EXPECT_EQ(second.front(), '{') << second;
}

TEST(SpdlogLog, SaysHowManyLinesItKeptBack) {
    const LogOptions settings{.target = LogSink::stderr_stream, .format = LineForm::json};
    const auto lines = lines_of(settings, [](Log& log, FakeClock& clock) {
        for (int i = 0; i < 100; ++i) {
            log.write(messages::not_ready, {});
        }
        clock.advance(Milliseconds{1000});
        log.write(messages::not_ready, {});
    });

    ASSERT_EQ(lines.size(), 11U);
    EXPECT_EQ(lines[9].find("suppressed"), std::string::npos);
    EXPECT_NE(lines[10].find(R"("suppressed":"90")"), std::string::npos);
}

}  // namespace
}  // namespace numproof
