// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/audit_tail_desk.h"

#include <charconv>
#include <utility>

#include "daemon/app/admin_answer.h"
#include "daemon/app/options_of.h"
#include "daemon/auth/form.h"
#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

constexpr Milliseconds kReadWithin{8'000};
// Others may ask, too: there is one thread for all.
constexpr Milliseconds kWaitWithin{2'000};
constexpr std::size_t kLinesMax = 500;

using Cursor = KafkaAuditTail::Cursor;

template <typename T>
bool take_number(std::string_view& text, char end, T& number) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || number < 0) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (text.empty()) {
        return end == ',';
    }
    const bool good = text.front() == end;
    text.remove_prefix(1);
    return good;
}

/// `0:12,1:30`: the next offset of each partition.
std::optional<Cursor> parse_cursor(std::string_view text) {
    Cursor cursor;
    while (!text.empty()) {
        std::int32_t partition = 0;
        std::int64_t offset = 0;
        if (!take_number(text, ':', partition) || !take_number(text, ',', offset)) {
            return std::nullopt;
        }
        cursor[partition] = offset;
    }
    return cursor;
}

std::string to_text(const Cursor& cursor) {
    std::string text;
    for (const auto& [partition, offset] : cursor) {
        text +=
            (text.empty() ? "" : ",") + std::to_string(partition) + ":" + std::to_string(offset);
    }
    return text;
}

struct Question {
    std::optional<Cursor> after;
    std::size_t lines = 10;
};

std::optional<Question> parse_question(std::string_view query) {
    const auto form = Form::parse(query);
    if (!form) {
        return std::nullopt;
    }
    Question question;
    if (const auto after = form->find("after")) {
        question.after = parse_cursor(*after);
        if (!question.after) {
            return std::nullopt;
        }
    }
    if (const auto lines = form->find("lines")) {
        std::string_view text{*lines};
        if (!take_number(text, ',', question.lines) || question.lines > kLinesMax) {
            return std::nullopt;
        }
    }
    return question;
}

http::Response refuse(int status, std::string_view error, std::string_view detail) {
    JsonWriter json;
    json.begin_object().key("error").text(error).key("detail").text(detail).end_object();
    return admin_answer(status, json.take());
}

std::string to_json(const KafkaAuditTail::Reading& reading) {
    JsonWriter json;
    json.begin_object().key("cursor").text(to_text(reading.cursor));
    json.key("events").begin_array();
    for (const auto& event : reading.events) {
        json.begin_object();
        json.key("partition").number(event.partition);
        json.key("offset").number(event.offset);
        for (const auto& [name, value] : event.attributes) {
            json.key(name).text(value);
        }
        // As a text: whoever may write to the topic may have written anything.
        json.key("data").text(event.data).end_object();
    }
    json.end_array().end_object();
    return json.take();
}

}  // namespace

kafka::BlockingCalls& AuditTailDesk::thread() {
    if (!thread_) {
        thread_ = std::make_unique<kafka::BlockingCalls>(kafka::BlockingCalls::Environment{
            .base = loop_.base(), .loop = loop_, .clock = foundation_.clock});
    }
    return *thread_;
}

Task<http::Response> AuditTailDesk::read(const http::Request& request, Deadline) {
    const auto question = parse_question(request.query);
    if (!question) {
        co_return refuse(400, "invalid_value", "lines is 0 to 500, after a cursor of ours");
    }
    const auto terms = foundation_.edition;
    KafkaAuditTail tail{
        {.connection = kafka_connection_of(foundation_, terms),
         .topic = terms->settings.audit.topic},
        {.clock = foundation_.clock, .log = *foundation_.log}};
    auto found = std::make_shared<Result<KafkaAuditTail::Reading>>(
        fail(ErrorCode::deadline_exceeded, "kafka did not answer in time")
    );
    std::function<void()> work = [found,
                                  tail = std::move(tail),
                                  question = *question,
                                  &clock = foundation_.clock]() mutable {
        const auto until = Deadline::after(clock.mono_now(), kReadWithin);
        *found = question.after ? tail.since(*question.after, kWaitWithin, until)
                                : tail.newest(question.lines, until);
    };
    // Whoever asks Kafka ends by itself; this only bounds the wait for the thread.
    const auto patience = Deadline::after(foundation_.clock.mono_now(), kReadWithin * 2);
    const bool in_time = co_await thread().run(std::move(work), patience);
    if (!in_time) {
        co_return refuse(503, "deadline_exceeded", "kafka did not answer in time");
    }
    if (!*found) {
        const auto& error = found->error();
        co_return refuse(503, name_of(error.code), error.detail);
    }
    co_return admin_answer(200, to_json(**found));
}

}  // namespace numproof
