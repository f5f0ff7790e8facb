// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/session_publisher.h"

#include <utility>

#include "daemon/app/options_of.h"

namespace numproof::bench {
namespace {

constexpr Milliseconds kTopicsWithin{30'000};
constexpr Milliseconds kPublishWithin{30'000};
constexpr Milliseconds kHeartbeatEvery{250};
constexpr std::uint64_t kLookAtClockEvery = 256;

Result<void> make_topics(
    KafkaTopics& topics, const Settings& settings, std::int32_t partitions, Deadline deadline
) {
    for (const auto& feed : settings.ingest.feeds) {
        if (auto made = topics.ensure(feed.topic, partitions, deadline); !made) {
            return made;
        }
    }
    for (const auto& topic : {settings.ingest.dead_letter_topic, settings.audit.topic}) {
        if (auto made = topics.ensure(topic, 1, deadline); !made) {
            return made;
        }
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<SessionPublisher>> SessionPublisher::open(
    Ground& ground, const SessionsOptions& options
) {
    std::unique_ptr<SessionPublisher> made{new SessionPublisher{ground}};
    if (auto found = made->find_partitions(options); !found) {
        return pass_on(found);
    }
    const auto& foundation = ground.foundation();
    auto publisher = KafkaPublisher::make(
        kafka_connection_of(foundation, foundation.edition),
        {.clock = foundation.clock, .log = *foundation.log}
    );
    if (!publisher) {
        return pass_on(publisher);
    }
    made->publisher_ = std::move(*publisher);
    return made;
}

Result<void> SessionPublisher::find_partitions(const SessionsOptions& options) {
    const auto& foundation = ground_.foundation();
    auto topics = KafkaTopics::make(
        kafka_connection_of(foundation, foundation.edition),
        {.clock = foundation.clock, .log = *foundation.log}
    );
    if (!topics) {
        return pass_on(topics);
    }
    const auto& settings = ground_.settings();
    const auto deadline = Deadline::after(foundation.clock.mono_now(), kTopicsWithin);
    if (options.make_topics) {
        if (auto made = make_topics(**topics, settings, *options.make_topics, deadline); !made) {
            return made;
        }
    }
    for (const auto& feed : settings.ingest.feeds) {
        if (auto there = (*topics)->require(feed.topic, deadline); !there) {
            return there;
        }
        auto count = (*topics)->partitions(feed.topic, deadline);
        if (!count) {
            return pass_on(count);
        }
        for (std::int32_t partition = 0; partition < count->value_or(0); ++partition) {
            all_.push_back({.topic = feed.topic, .partition = partition});
        }
        if (first_feed_.empty()) {
            first_feed_ = all_;
        }
    }
    if (all_.empty()) {
        return fail(ErrorCode::invalid_configuration, "ingest.feeds: there is no feed");
    }
    return {};
}

Result<void> SessionPublisher::publish(const Home& home, std::uint64_t count) {
    const auto& clock = ground_.foundation().clock;
    auto now = clock.wall_now();
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i % kLookAtClockEvery == 0) {
            now = clock.wall_now();
            if (!beaten_at_ || clock.mono_now() - *beaten_at_ >= kHeartbeatEvery) {
                if (auto beaten = queue_heartbeats(); !beaten) {
                    return beaten;
                }
            }
        }
        // One session is always in one partition.
        const auto& to = first_feed_[i % first_feed_.size()];
        if (auto queued = queue(to, bind_of(home, i, now)); !queued) {
            return queued;
        }
    }
    return beat();
}

Result<void> SessionPublisher::beat() {
    if (auto queued = queue_heartbeats(); !queued) {
        return queued;
    }
    return publisher_->wait_for_all(
        Deadline::after(ground_.foundation().clock.mono_now(), kPublishWithin)
    );
}

Result<void> SessionPublisher::queue(const TopicPartition& to, SessionRecordText record) {
    const KafkaPublisher::Record event{
        .to = to,
        .key = std::move(record.key),
        .value = std::move(record.value),
        .timestamp = std::nullopt};
    const auto deadline = Deadline::after(ground_.foundation().clock.mono_now(), kPublishWithin);
    return publisher_->publish(event, deadline);
}

Result<void> SessionPublisher::queue_heartbeats() {
    const auto& clock = ground_.foundation().clock;
    beaten_at_ = clock.mono_now();
    const auto heartbeat = heartbeat_of(clock.wall_now());
    for (const auto& partition : all_) {
        if (auto queued = queue(partition, heartbeat); !queued) {
            return queued;
        }
    }
    return {};
}

}  // namespace numproof::bench
