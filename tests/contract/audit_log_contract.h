// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/ports/audit_log.h"
#include "daemon/ports/clock.h"

namespace numproof {

/// An AuditLog under test and how to play with what is behind it.
class AuditLogHost {
public:
    AuditLogHost() = default;
    AuditLogHost(const AuditLogHost&) = delete;
    AuditLogHost& operator=(const AuditLogHost&) = delete;
    virtual ~AuditLogHost() = default;

    [[nodiscard]] virtual AuditLog& log() = 0;

    [[nodiscard]] virtual MonoTime now() const = 0;

    /// Runs the log's loop until `done()`; false if that takes too long.
    virtual bool run_until(std::function<bool()> done) = 0;

    /// Makes appends fail with io_failure until mend().
    virtual void break_disk() = 0;
    virtual void mend_disk() = 0;

    /// The data of all events that are durable, in order, without what the log adds.
    [[nodiscard]] virtual std::vector<std::string> durable() const = 0;
};

using AuditLogHostMaker = std::function<std::unique_ptr<AuditLogHost>()>;

/// What the port AuditLog promises (daemon/ports/audit_log.h).
class AuditLogContract : public testing::TestWithParam<AuditLogHostMaker> {
protected:
    Task<Result<void>> begin(const std::string& data) {
        AuditEntry entry{
            .kind = AuditKind::verification_answered,
            .time = wall_from_ms(1795341600000),
            .partition_key = "p",
            .correlation_id = {},
            .trace_parent = {},
            .data = data};
        const auto deadline = Deadline::after(host_->now(), Milliseconds{10'000});
        return host_->log().append(std::move(entry), deadline);
    }

    Result<void> append(const std::string& data) {
        std::optional<Result<void>> answer;
        spawn(begin(data), [&answer](Result<void> given) { answer.emplace(std::move(given)); });
        EXPECT_TRUE(host_->run_until([&answer] { return answer.has_value(); }));
        return *answer;
    }

    std::unique_ptr<AuditLogHost> host_ = GetParam()();
};

TEST_P(AuditLogContract, WhatIsAnsweredIsDurable) {
    ASSERT_TRUE(append(R"({"a":1})").has_value());
    EXPECT_EQ(host_->durable(), (std::vector<std::string>{R"({"a":1})"}));

    ASSERT_TRUE(append(R"({"a":2})").has_value());
    EXPECT_EQ(host_->durable(), (std::vector<std::string>{R"({"a":1})", R"({"a":2})"}));
}

TEST_P(AuditLogContract, AFailureIsToldAndNothingIsDurable) {
    host_->break_disk();
    const auto answer = append(R"({"a":1})");

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::io_failure);
    EXPECT_TRUE(host_->durable().empty());
}

TEST_P(AuditLogContract, ItWorksAgainAfterAFailure) {
    host_->break_disk();
    ASSERT_FALSE(append(R"({"a":1})").has_value());
    host_->mend_disk();

    EXPECT_TRUE(append(R"({"a":2})").has_value());
    EXPECT_EQ(host_->durable(), (std::vector<std::string>{R"({"a":2})"}));
}

TEST_P(AuditLogContract, ManyAppendsAtOnceAreEachAnsweredOnTheThreadThatAsked) {
    const auto asked_on = std::this_thread::get_id();
    int answers = 0;
    for (int i = 0; i < 200; ++i) {
        spawn(begin(R"({"n":)" + std::to_string(i) + "}"), [&](const Result<void>& answer) {
            EXPECT_TRUE(answer.has_value());
            EXPECT_EQ(std::this_thread::get_id(), asked_on);
            ++answers;
        });
    }

    ASSERT_TRUE(host_->run_until([&answers] { return answers == 200; }));

    const auto durable = host_->durable();
    ASSERT_EQ(durable.size(), 200U);
    for (std::size_t i = 0; i < durable.size(); ++i) {
        EXPECT_EQ(durable[i], R"({"n":)" + std::to_string(i) + "}");
    }
}

}  // namespace numproof
