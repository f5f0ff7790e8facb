// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/dead_letter_desk.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/app/admin_answer.h"
#include "daemon/app/options_of.h"
#include "daemon/audit/audit_events.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/utc_text.h"
#include "daemon/sessions/ingest.h"

namespace numproof {
namespace {

constexpr Milliseconds kReadWithin{10'000};
constexpr Milliseconds kPutBackWithin{15'000};
constexpr Milliseconds kNoteWithin{2'000};

http::Response refuse(int status, const Error& error) {
    JsonWriter json;
    json.begin_object().key("error").text(name_of(error.code));
    json.key("detail").text(error.detail).end_object();
    return admin_answer(status, json.take());
}

int status_of(const Error& error) {
    return error.code == ErrorCode::invalid_value ? 400 : 503;
}

std::string name_of_place(const RecordPlace& place) {
    return place.at.topic + "/" + std::to_string(place.at.partition) + "/" +
           std::to_string(place.offset);
}

void write_letter(JsonWriter& json, const KeptLetter& letter, std::string_view outcome) {
    json.begin_object();
    json.key("topic").text(letter.original.at.topic);
    json.key("partition").number(letter.original.at.partition);
    json.key("offset").number(letter.original.offset);
    json.key("time").text(to_rfc3339(letter.time));
    json.key("kept").text(to_rfc3339(letter.kept));
    json.key("reason").text(letter.reason);
    json.key("bytes").number(static_cast<std::int64_t>(letter.bytes));
    json.key("key_id").text(letter.key_id);
    json.key("state").text(outcome);
    json.end_object();
}

/// What was sealed with a key that we do not have will never open.
bool has_key(const Edition& edition, const KeptLetter& letter) {
    return std::ranges::any_of(edition.directory, [&](const NamedKey& key) {
        return key.id == letter.key_id;
    });
}

bool is_a_feed(const Edition& edition, const std::string& topic) {
    const auto& feeds = edition.settings.ingest.feeds;
    return std::ranges::any_of(feeds, [&](const auto& feed) { return feed.topic == topic; });
}

/// dead_letter_key() gives this instead of a key that may hold a number.
bool is_keyed_hash(std::string_view key) {
    constexpr std::size_t kSize = 68;
    return key.size() == kSize && key.starts_with("hmac");
}

/// The record as it was, or the word for why it cannot be had.
Result<Replay> open_letter(const Edition& edition, const KeptLetter& letter) {
    if (!is_a_feed(edition, letter.original.at.topic)) {
        return fail(ErrorCode::invalid_value, "no_such_feed");
    }
    if (!has_key(edition, letter)) {
        return fail(ErrorCode::invalid_value, "key_gone");
    }
    if (letter.left_out) {
        return fail(ErrorCode::invalid_value, "value_left_out");
    }
    if (letter.value.empty() && letter.bytes > 0) {
        return fail(ErrorCode::invalid_value, "later");
    }
    const auto place = dead_letter_place(letter.original.at, letter.original.offset);
    auto opened = edition.vault->open(place, letter.value);
    if (!opened) {
        return fail(ErrorCode::invalid_value, "does_not_open");
    }
    Replay replay{
        .letter = letter.place,
        .to = letter.original,
        .key = std::nullopt,
        .value = std::move(*opened),
        .time = letter.time};
    if (!letter.key.empty() && !is_keyed_hash(letter.key)) {
        replay.key = letter.key;
    }
    return replay;
}

ReplayPlan make_plan(
    const Edition& edition, const LetterQuery& query, std::vector<KeptLetter> letters
) {
    ReplayPlan plan;
    for (auto& letter : letters) {
        if (plan.size() >= query.limit || (letter.replayed && !query.again)) {
            continue;
        }
        auto opened = open_letter(edition, letter);
        ReplayStep step;
        step.outcome = opened ? "would_replay" : opened.error().detail;
        if (opened) {
            step.replay = std::move(*opened);
        }
        step.letter = std::move(letter);
        plan.push_back(std::move(step));
    }
    return plan;
}

std::string to_json(const ReplayPlan& plan, const std::string& topic) {
    JsonWriter json;
    json.begin_object().key("topic").text(topic);
    json.key("replayed").number(std::ranges::count(plan, "replayed", &ReplayStep::outcome));
    json.key("letters").begin_array();
    for (const auto& step : plan) {
        write_letter(json, step.letter, step.outcome);
    }
    json.end_array().end_object();
    return json.take();
}

}  // namespace

struct DeadLetterDesk::Found {
    Result<KafkaLetterBox::Reading> reading =
        fail(ErrorCode::deadline_exceeded, "kafka did not answer in time");
};

DeadLetterDesk::DeadLetterDesk(const Foundation& foundation, EventLoop& loop, AuditLog& audit)
    : foundation_(foundation), loop_(loop), audit_(audit) {}

kafka::BlockingCalls& DeadLetterDesk::thread() {
    if (!thread_) {
        thread_ = std::make_unique<kafka::BlockingCalls>(kafka::BlockingCalls::Environment{
            .base = loop_.base(), .loop = loop_, .clock = foundation_.clock});
    }
    return *thread_;
}

KafkaLetterBox DeadLetterDesk::box(const Terms& terms) const {
    return KafkaLetterBox{
        {.connection = kafka_connection_of(foundation_, terms),
         .topic = terms->settings.ingest.dead_letter_topic},
        {.clock = foundation_.clock, .log = *foundation_.log}};
}

Deadline DeadLetterDesk::soon(Milliseconds within) const {
    return Deadline::after(foundation_.clock.mono_now(), within);
}

Task<std::shared_ptr<DeadLetterDesk::Found>> DeadLetterDesk::read(Terms terms, LetterQuery query) {
    auto found = std::make_shared<Found>();
    const auto deadline = soon(kReadWithin);
    std::function<void()> work =
        [found, deadline, query = std::move(query), box = box(terms)]() mutable {
            found->reading = box.read(
                [&query](const KeptLetter& letter) { return is_wanted(query, letter); }, deadline
            );
        };
    // Whoever asks Kafka ends by itself; this only bounds the wait for the thread.
    const bool in_time = co_await thread().run(std::move(work), soon(kReadWithin * 2));
    if (!in_time) {
        co_return std::make_shared<Found>();
    }
    co_return found;
}

Task<http::Response> DeadLetterDesk::list(const http::Request& request, Deadline) {
    const auto terms = foundation_.edition;
    auto query = parse_letter_query(request.query);
    if (!query) {
        co_return refuse(400, query.error());
    }
    const auto found = co_await read(terms, *query);
    if (!found->reading) {
        co_return refuse(status_of(found->reading.error()), found->reading.error());
    }
    const auto& letters = found->reading->letters;
    const auto shown = std::min(query->limit, letters.size());
    JsonWriter json;
    json.begin_object();
    json.key("topic").text(terms->settings.ingest.dead_letter_topic);
    json.key("found").number(static_cast<std::int64_t>(letters.size()));
    json.key("complete").boolean(found->reading->complete);
    json.key("letters").begin_array();
    for (auto letter = letters.end() - static_cast<std::ptrdiff_t>(shown); letter != letters.end();
         ++letter) {
        const auto state = letter->replayed           ? "replayed"
                           : has_key(*terms, *letter) ? "kept"
                                                      : "key_gone";
        write_letter(json, *letter, state);
    }
    json.end_array().end_object();
    co_return admin_answer(200, json.take());
}

Task<Result<void>> DeadLetterDesk::note(const KeptLetter& letter, std::string result) {
    const AdminEvent event{
        .time = foundation_.clock.wall_now(),
        .action = "dlq_replay",
        .operator_name = std::string{kOperator},
        .object = name_of_place(letter.original),
        .reason = letter.reason,
        .result = std::move(result)};
    auto entry = entry_of(event);
    const auto deadline = soon(kNoteWithin);
    co_return co_await audit_.append(std::move(entry), deadline);
}

Task<Result<std::size_t>> DeadLetterDesk::put_back(Terms terms, std::vector<Replay> replays) {
    auto done = std::make_shared<Result<std::size_t>>(
        fail(ErrorCode::deadline_exceeded, "kafka did not answer in time")
    );
    const auto deadline = soon(kPutBackWithin);
    std::function<void()> work = [done, deadline, replays = std::move(replays), box = box(terms)](
                                 ) mutable { *done = box.put_back(replays, deadline); };
    const bool in_time = co_await thread().run(std::move(work), soon(kPutBackWithin + kReadWithin));
    if (!in_time) {
        co_return fail(ErrorCode::deadline_exceeded, "kafka did not answer in time");
    }
    co_return std::move(*done);
}

Task<http::Response> DeadLetterDesk::replay(const http::Request& request, Deadline) {
    const auto terms = foundation_.edition;
    auto query = parse_letter_query(request.query);
    if (!query) {
        co_return refuse(400, query.error());
    }
    const auto found = co_await read(terms, *query);
    if (!found->reading) {
        co_return refuse(status_of(found->reading.error()), found->reading.error());
    }
    if (!found->reading->complete) {
        // What was replayed already may stand behind what was read.
        const Error many{
            .code = ErrorCode::deadline_exceeded,
            .detail = "there are too many letters to read at once: narrow the filter"};
        co_return refuse(503, many);
    }
    auto plan = make_plan(*terms, *query, std::move(found->reading->letters));
    if (!query->dry_run) {
        auto done = co_await carry_out(terms, plan);
        if (!done) {
            co_return refuse(503, done.error());
        }
    }
    co_return admin_answer(200, to_json(plan, terms->settings.ingest.dead_letter_topic));
}

// The events are on disk before anything goes; what then does not go has a second one.
Task<Result<void>> DeadLetterDesk::carry_out(Terms terms, ReplayPlan& plan) {
    for (const auto& step : plan) {
        if (step.replay) {
            auto noted = co_await note(step.letter, "begun");
            if (!noted) {
                co_return pass_on(noted);
            }
        }
    }
    std::vector<Replay> replays;
    for (auto& step : plan) {
        if (step.replay) {
            replays.push_back(std::move(*step.replay));
        }
    }
    auto done = co_await put_back(std::move(terms), std::move(replays));
    std::size_t left = done ? *done : 0;
    for (auto& step : plan) {
        if (!step.replay) {
            continue;
        }
        const bool went = left > 0;
        left -= went ? 1 : 0;
        step.outcome = went ? "replayed" : "failed";
        if (!went) {
            auto noted = co_await note(step.letter, "failed");
            if (!noted) {
                co_return pass_on(noted);
            }
        }
    }
    co_return Result<void>{};
}

}  // namespace numproof
