// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ingest_thread.h"

#include <algorithm>
#include <set>

#include <pthread.h>

#include "daemon/app/options_of.h"
#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/native_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"

namespace numproof {
namespace {

constexpr Milliseconds kProgressEvery{500};
constexpr Milliseconds kCountEveryMin{500};
constexpr Milliseconds kCountEveryMax{30000};

RecordDecoder decoder_of(Dialect dialect, const DecoderTerms& terms) {
    const auto with = [&terms](auto decode) -> RecordDecoder {
        return [terms, decode](const FeedRecord& record) { return decode(record, terms); };
    };
    switch (dialect) {
        case Dialect::nsmf:
            return with(decode_nsmf);
        case Dialect::radius:
            return with(decode_radius);
        case Dialect::gx:
            return with(decode_gx);
        case Dialect::native:
            break;
    }
    return native_decoder(terms);
}

IngestOptions ingest_options_of(const Settings& settings) {
    IngestOptions options;
    options.reader = settings.node.name;
    options.rules = directory_rules_of(settings);
    options.burst.records = settings.ingest.poison_records;
    options.burst.window = settings.ingest.poison_window;
    options.burst.share = settings.ingest.poison_share;
    // R8: a partition that nobody reads yet may hide a hand-over too.
    options.count_every = std::clamp<Milliseconds>(
        settings.directory.max_staleness / 2, kCountEveryMin, kCountEveryMax
    );
    const auto& numbering = settings.directory.numbering;
    const DecoderTerms decoding{
        .default_domain = settings.directory.default_domain,
        .one_domain = settings.directory.domains.size() == 1,
        .numbering = {
            .country_code = numbering.country_code,
            .national_prefix = numbering.national_prefix,
            .ranges = numbering.ranges}};
    for (const auto& feed : settings.ingest.feeds) {
        options.topics.push_back(
            {.topic = feed.topic,
             .decode = decoder_of(feed.dialect, decoding),
             .freshness = feed.freshness}
        );
    }
    return options;
}

/// A static member that comes back is given its former partitions and no others, even when it now
/// reads other topics (KIP-345): so its name tells which topics it reads.
std::string member_of(
    const Crypto& crypto, const std::string& node, std::vector<std::string> topics
) {
    constexpr std::size_t kDigits = 8;
    std::ranges::sort(topics);
    std::string all;
    for (const auto& topic : topics) {
        all += topic + '/';
    }
    return node + "-" + to_hex(as_view(crypto.sha256(all))).substr(0, kDigits);
}

KafkaFeedSettings feed_settings_of(
    const Foundation& foundation,
    const std::shared_ptr<const Edition>& edition,
    Membership membership
) {
    const auto& settings = edition->settings;
    KafkaFeedSettings feed;
    feed.connection = kafka_connection_of(foundation, edition);
    feed.group = settings.ingest.group;
    for (const auto& topic : settings.ingest.feeds) {
        feed.topics.push_back(topic.topic);
    }
    if (settings.directory.backend == DirectoryBackend::memory) {
        // A directory of its own needs every partition: nobody else may be in its group.
        feed.group += "-" + settings.node.name + "-" + to_hex(foundation.crypto.random(6));
    } else if (membership == Membership::lasting) {
        feed.instance_id = member_of(foundation.crypto, settings.node.name, feed.topics);
    }
    return feed;
}

/// Each feed that stands still, with what it waits for.
std::string waits_of(const IngestProgress& progress, const std::string& dead_letter_topic) {
    std::set<std::string> waits;
    for (const auto& partition : progress.partitions) {
        if (!partition.waits_for.empty()) {
            auto why = partition.waits_for;
            if (why == "dead_letters") {
                why += ", which topic '" + dead_letter_topic + "' does not take";
            }
            waits.insert(partition.at.topic + " stands still: " + why);
        }
    }
    std::string text;
    for (const auto& wait : waits) {
        text += (text.empty() ? "" : ", ") + wait;
    }
    return text;
}

}  // namespace

IngestThread::IngestThread(Foundation& foundation, std::shared_ptr<const Edition> edition)
    : foundation_(foundation),
      edition_(std::move(edition)),
      vault_(foundation.crypto, edition_->directory),
      stores_(foundation, loop_, *edition_),
      standing_(
          {.store = stores_.records(),
           .clock = foundation.clock,
           .loop = loop_,
           .vault = *edition_->vault},
          standing_limits_of(edition_->settings)
      ),
      counters_(foundation.clock) {}

IngestThread::~IngestThread() {
    stop();
}

Result<std::unique_ptr<IngestThread>> IngestThread::make(
    Foundation& foundation, std::shared_ptr<const Edition> edition, Membership membership
) {
    std::unique_ptr<IngestThread> made{new IngestThread{foundation, std::move(edition)}};
    auto connected = made->connect(membership);
    if (!connected) {
        return pass_on(connected);
    }
    return made;
}

Result<void> IngestThread::connect(Membership membership) {
    const KafkaEnvironment environment{
        .base = loop_.base(), .loop = loop_, .clock = foundation_.clock, .log = *foundation_.log};
    auto feed =
        KafkaSessionFeed::make(feed_settings_of(foundation_, edition_, membership), environment);
    if (!feed) {
        return pass_on(feed);
    }
    auto letters = KafkaDeadLetters::make(
        {.connection = kafka_connection_of(foundation_, edition_),
         .topic = edition_->settings.ingest.dead_letter_topic},
        environment
    );
    if (!letters) {
        return pass_on(letters);
    }
    feed_ = std::move(*feed);
    dead_letters_ = std::move(*letters);
    ingest_ = std::make_unique<Ingest>(ingest_parts(), ingest_options_of(edition_->settings));
    make_sweep();
    return {};
}

void IngestThread::make_sweep() {
    auto* const walk = stores_.walk();
    if (walk == nullptr) {
        return;
    }
    const LeftoverSweep::Parts parts{
        .walk = *walk,
        .store = stores_.records(),
        .clock = foundation_.clock,
        .loop = loop_,
        .vault = *edition_->vault,
        .log = *foundation_.log,
        .removed = counters_.leftovers};
    sweep_ = std::make_unique<LeftoverSweep>(parts, SweepPace{});
}

Ingest::Parts IngestThread::ingest_parts() {
    return {
        .feed = *feed_,
        .dead_letters = *dead_letters_,
        .store = stores_.records(),
        .standing = standing_,
        .clock = foundation_.clock,
        .loop = loop_,
        .vault = vault_,
        .log = *foundation_.log,
        .directory_counters = foundation_.directory,
        .counters = counters_};
}

void IngestThread::start() {
    spawn(standing_.run());
    spawn(publish_progress());
    if (sweep_) {
        spawn(sweep_->run([this] { return ingest_->leads(); }));
    }
    loop_.post([this] {
        spawn([](IngestThread* self) -> Task<void> {
            co_await self->ingest_->run();
            self->left_.store(true);
        }(this));
    });
    thread_ = std::thread{[this] { loop_.run(); }};
    pthread_setname_np(thread_.native_handle(), "np-ingest");
}

Task<void> IngestThread::publish_progress() {
    for (;;) {
        auto progress = ingest_->progress();
        {
            const std::lock_guard lock{mutex_};
            progress_ = std::move(progress);
        }
        co_await loop_.sleep(kProgressEvery);
    }
}

IngestProgress IngestThread::progress() const {
    const std::lock_guard lock{mutex_};
    return progress_;
}

std::string IngestThread::trouble() const {
    return waits_of(progress(), edition_->settings.ingest.dead_letter_topic);
}

void IngestThread::leave() {
    loop_.post([this] { ingest_->stop(); });
}

void IngestThread::stop() {
    loop_.stop();
    if (thread_.joinable()) {
        thread_.join();
    }
    stores_.close();  // Whoever still waits for the store is told while all that it uses is there.
}

}  // namespace numproof
