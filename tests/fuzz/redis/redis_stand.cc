// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/redis/redis_stand.h"

#include <algorithm>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::string_view kKeyMark = "k#";

/// What a good Redis says to the greeting.
constexpr std::string_view kWelcome =
    "+OK\r\n"
    "$137\r\nredis_mode:standalone\r\nrun_id:fake\r\nmaxmemory_policy:noeviction\r\nloading:0\r\n"
    "role:master\r\nmaster_replid2:00000000\r\nsecond_repl_offset:-1\r\n\r\n"
    "$-1\r\n"
    "$2\r\ns0\r\n$2\r\ns1\r\n$2\r\ns2\r\n$2\r\ns3\r\n$2\r\ns4\r\n";

std::string key_of(const RedisReply& command) {
    const auto at = std::ranges::find_if(command.items, [](const RedisReply& word) {
        return word.text.starts_with(kKeyMark);
    });
    return at == command.items.end() ? std::string{} : at->text;
}

template <typename Take>
bool take_all(RedisReplyReader& reader, std::string_view octets, Take take) {
    if (!reader.feed(octets)) {
        return false;
    }
    auto reply = reader.next();
    for (; reply && *reply; reply = reader.next()) {
        take(std::move(**reply));
    }
    return reply.has_value();
}

RedisOptions options() {
    RedisOptions made;
    made.addresses = {"a:1", "b:2"};
    made.queue_max = 12;
    return made;
}

}  // namespace

RedisStand::RedisStand(bool welcoming)
    : welcoming_(welcoming),
      client_(
          {.base = MemoryWire::base(), .clock = wire_.clock(), .log = log_, .metrics = metrics_},
          options()
      ) {
    client_.open();
    settle();
}

AskedRedis& RedisStand::next_question(Milliseconds budget) {
    ++open_;
    return asked_.emplace_back(AskedRedis{
        .key = std::string{kKeyMark} + std::to_string(asked_.size()),
        .deadline = wire_.clock().mono_now() + budget,
        .plain = false,
        .answer = std::nullopt,
        .answered = {}});
}

void RedisStand::answer(AskedRedis& question, Result<RedisReply> reply) {
    NP_CHECK(!question.answer);
    question.answer = std::move(reply);
    question.answered = wire_.clock().mono_now();
    --open_;
}

void RedisStand::ask(Milliseconds budget) {
    auto& question = next_question(budget);
    question.plain = true;
    auto octets = format_command({"GET", question.key});
    spawn(
        client_.command(question.key, std::move(octets), Deadline{question.deadline}),
        [this, &question](Result<RedisReply> reply) { answer(question, std::move(reply)); }
    );
    settle();
}

ScriptCall RedisStand::script_for(const AskedRedis& question, RedisScript script) const {
    return {.script = script, .keys = {question.key}, .arguments = {"1", "2"}};
}

void RedisStand::run(RedisScript script, Milliseconds budget) {
    auto& question = next_question(budget);
    spawn(
        client_.run(script_for(question, script), Deadline{question.deadline}),
        [this, &question](Result<RedisReply> reply) { answer(question, std::move(reply)); }
    );
    settle();
}

void RedisStand::run_some(std::size_t count) {
    std::vector<ScriptCall> calls;
    std::vector<AskedRedis*> questions;
    for (std::size_t i = 0; i < count; ++i) {
        questions.push_back(&next_question(Milliseconds{100}));
        calls.push_back(script_for(*questions.back(), RedisScript::replace));
    }
    const Deadline deadline{questions.front()->deadline};
    const auto done = [this, questions](Result<std::vector<RedisReply>> replies) {
        NP_CHECK(!replies || replies->size() == questions.size());
        for (std::size_t i = 0; i < questions.size(); ++i) {
            answer(
                *questions[i],
                replies ? Result<RedisReply>{(*replies)[i]}
                        : Result<RedisReply>{tl::unexpected<Error>{replies.error()}}
            );
        }
    };
    spawn(client_.run_all(std::move(calls), deadline), done);
    settle();
}

void RedisStand::ask_incarnation() {
    ++open_;
    const Deadline deadline{wire_.clock().mono_now() + Milliseconds{50}};
    spawn(client_.incarnation(deadline), [this](Result<std::string> name) {
        NP_CHECK(!name || *name == client_.present_incarnation());
        --open_;
    });
    settle();
}

void RedisStand::say(std::string_view octets) {
    settle();
    if (!wire_.say(octets)) {
        return;
    }
    auto& connection = served_.back();
    if (!connection.broken) {
        connection.broken = !take_all(connection.said, octets, [&](RedisReply reply) {
            connection.replies.push_back(std::move(reply));
        });
    }
    settle();
}

void RedisStand::pass_time(Milliseconds by) {
    wire_.advance(by);
    settle();
}

void RedisStand::pass_to_timer() {
    if (const auto next = wire_.next_timer()) {
        pass_time(*next);
    }
}

void RedisStand::hear() {
    if (served_.empty()) {
        return;
    }
    auto& connection = served_.back();
    const bool good = take_all(connection.heard, wire_.take_commands(), [&](RedisReply command) {
        NP_CHECK(command.kind == RedisReply::Kind::list && !command.items.empty());
        connection.keys.push_back(key_of(command));
    });
    NP_CHECK(good);
}

void RedisStand::settle() {
    hear();
    if (!wire_.accept()) {
        return;
    }
    served_.emplace_back();
    hear();
    if (welcoming_) {
        say(kWelcome);
    }
}

void RedisStand::close() {
    client_.close();
    NP_CHECK(open_ == 0);
}

bool RedisStand::is_withheld(const AskedRedis& question) const {
    if (question.answer || !question.plain || served_.empty()) {
        return false;
    }
    const auto& connection = served_.back();
    const auto at = std::ranges::find(connection.keys, question.key);
    const auto place = static_cast<std::size_t>(at - connection.keys.begin());
    return at != connection.keys.end() && place < connection.replies.size();
}

void RedisStand::check_open() const {
    for (const auto& question : asked_) {
        NP_CHECK(!is_withheld(question));
    }
}

std::vector<RedisReply> RedisStand::replies_to(const AskedRedis& question) const {
    std::vector<RedisReply> replies;
    for (const auto& connection : served_) {
        for (std::size_t i = 0; i < connection.keys.size(); ++i) {
            if (connection.keys[i] == question.key) {
                NP_CHECK(i < connection.replies.size());
                replies.push_back(connection.replies[i]);
            }
        }
    }
    return replies;
}

void RedisStand::check_answer(const AskedRedis& question) const {
    if (!*question.answer) {
        const auto code = question.answer->error().code;
        NP_CHECK(
            code == ErrorCode::store_unavailable || code == ErrorCode::queue_full ||
            code == ErrorCode::deadline_exceeded
        );
        return;
    }
    const auto& answer = **question.answer;
    NP_CHECK(question.answered <= question.deadline);
    NP_CHECK(answer.kind != RedisReply::Kind::error);
    auto replies = replies_to(question);
    NP_CHECK(!replies.empty() && replies.back() == answer);
    // A script that Redis had forgotten was sent once more.
    replies.pop_back();
    NP_CHECK(
        replies.size() <= (question.plain ? 0U : 1U) && std::ranges::all_of(replies, is_noscript)
    );
}

void RedisStand::check_answers() const {
    for (const auto& question : asked_) {
        NP_CHECK(question.answer.has_value());
        check_answer(question);
    }
}

}  // namespace numproof
