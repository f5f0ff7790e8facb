// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/shipper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/audit/audit_events.h"
#include "daemon/base/failpoint.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

/// How often the thread turns without work.
constexpr Milliseconds kTurn{250};

/// How often progress inside a segment is written down.
constexpr Milliseconds kRememberEvery{1000};

/// Octets that are read at once; more than a record can have.
constexpr std::size_t kStretch = 1U << 20U;
static_assert(kStretch > segment::kRecordMax + segment::kRecordHead);

std::vector<AuditRecord> take_records(std::vector<segment::PlacedRecord>& found) {
    std::vector<AuditRecord> records;
    records.reserve(found.size());
    for (auto& placed : found) {
        records.push_back(std::move(placed.record));
    }
    return records;
}

}  // namespace

Shipper::Shipper(Spool& spool, AuditSink& sink, SpoolParts parts, ShipperSettings settings)
    : spool_(spool),
      sink_(sink),
      parts_(std::move(parts)),
      settings_(settings),
      jitter_(static_cast<std::uint32_t>(parts_.clock.mono_now().time_since_epoch().count())) {}

Shipper::~Shipper() {
    stop(Deadline{parts_.clock.mono_now()});
}

void Shipper::start() {
    thread_ = std::thread{[this] { run(); }};
}

void Shipper::stop(Deadline deadline) {
    {
        const std::lock_guard lock{mutex_};
        stop_by_ = deadline;
    }
    stop_asked_.notify_one();
    spool_.index().wake();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Shipper::may_go_on() {
    const std::lock_guard lock{mutex_};
    if (!stop_by_) {
        return true;
    }
    return spool_.index().next_to_ship() && !stop_by_->passed(parts_.clock.mono_now());
}

void Shipper::run() {
    while (may_go_on()) {
        beats_.fetch_add(1);
        turn();
    }
    clean_up();
    remember();
}

void Shipper::turn() {
    spool_.index().wait_for_work(kTurn);
    if (spool_.index().next_to_ship()) {
        gather();
    }
    if (const auto segment = spool_.index().next_to_ship()) {
        ship(*segment);
    }
    clean_up();
}

void Shipper::gather() {
    const auto backlog = spool_.index().backlog();
    if (backlog.records >= settings_.batch_records || backlog.undelivered >= kStretch) {
        return;
    }
    std::unique_lock lock{mutex_};
    stop_asked_.wait_for(lock, delivering_at_ + settings_.gather - parts_.clock.mono_now(), [this] {
        return stop_by_.has_value();
    });
}

void Shipper::ship(const Segment& segment) {
    const SpoolPlace at{.number = segment.number, .offset = segment.shipped};
    if (!load_ || load_->from != at) {
        load_ = load_fresh(segment);
    }
    if (!load_) {
        load_ = load_from_disk(segment);
    }
    if (load_) {
        deliver(segment);
    }
}

std::optional<Shipper::Load> Shipper::load_fresh(const Segment& segment) {
    const SpoolPlace at{.number = segment.number, .offset = segment.shipped};
    auto found = spool_.fresh().take(
        at,
        {.records = settings_.batch_records,
         .bytes = std::min<std::uint64_t>(kStretch, segment.durable - segment.shipped)}
    );
    if (found.empty()) {
        return std::nullopt;
    }
    const auto end = found.back().end;
    return Load{.from = at, .to = at.offset + end, .records = take_records(found)};
}

std::optional<Shipper::Load> Shipper::load_from_disk(const Segment& segment) {
    const SpoolPlace at{.number = segment.number, .offset = segment.shipped};
    auto until = segment.durable;
    const auto fresh = spool_.fresh().front();
    if (fresh && fresh->number == at.number && fresh->offset > at.offset) {
        // No further than to what is in memory, so as to go on there.
        until = std::min(until, fresh->offset);
    }
    const auto size = std::min<std::uint64_t>(kStretch, until - at.offset);
    const auto octets = parts_.files.read(segment_name(at.number), at.offset, size);
    if (!octets) {
        parts_.log.write(messages::shipping_unread, {{"error", octets.error().detail}});
        back_off();
        return std::nullopt;
    }
    auto found = segment::scan(*octets, 0, settings_.batch_records);
    const bool at_end = at.offset + size == until;
    const bool bad_end =
        found.records.size() < settings_.batch_records && at_end && found.good_end < size;
    if (bad_end || !found.damage.empty() || found.records.empty()) {
        report_damage(segment, found);
    }
    if (!found.records.empty()) {
        return Load{
            .from = at, .to = at.offset + found.good_end, .records = take_records(found.records)};
    }
    // Nothing good in it: go on behind it, but not past the front of a record at its end.
    const auto passed = at_end ? size : size - segment::kRecordMax - segment::kRecordHead;
    advance(segment, {.number = at.number, .offset = at.offset + passed, .records = 0});
    return std::nullopt;
}

void Shipper::deliver(const Segment& segment) {
    delivering_at_ = parts_.clock.mono_now();
    const auto delivered = sink_.deliver(load_->records, delivery_deadline());
    if (!delivered) {
        on_failure(delivered.error(), load_->records.size());
        return;
    }
    NP_FAILPOINT("audit.before_delivery_mark");
    if (backoff_ > Milliseconds::zero()) {
        parts_.log.write(messages::shipping_again, {});
        backoff_ = Milliseconds::zero();
    }
    const auto load = *std::exchange(load_, std::nullopt);
    spool_.metrics().delivered.add(load.records.size());
    advance(segment, {.number = segment.number, .offset = load.to, .records = load.records.size()});
}

void Shipper::advance(const Segment& segment, const Shipped& progress) {
    spool_.index().shipped(progress);
    latest_ = ShippingProgress{
        .number = segment.number, .offset = progress.offset, .identity = segment.identity};
    const auto now = parts_.clock.mono_now();
    if (now - remembered_at_ >= kRememberEvery) {
        remembered_at_ = now;
        remember();
    }
}

void Shipper::on_failure(const Error& error, std::size_t records) {
    spool_.metrics().retried.add(records);
    parts_.log.write(
        messages::shipping_failed,
        {{"error", std::string{name_of(error.code)}}, {"detail", error.detail}}
    );
    back_off();
}

void Shipper::back_off() {
    const auto wait = next_backoff();
    std::unique_lock lock{mutex_};
    const auto left = stop_by_ ? stop_by_->left(parts_.clock.mono_now()) : wait;
    // A stop that comes while we wait gets another try at once.
    const bool stopping = stop_by_.has_value();
    stop_asked_.wait_for(lock, std::min<MonoTime::duration>(left, wait), [&] {
        return stop_by_.has_value() != stopping;
    });
}

void Shipper::report_damage(const Segment& segment, const segment::Scan& found) {
    if (std::exchange(damaged_, segment.number) == segment.number) {
        return;
    }
    const auto name = segment_name(segment.number);
    const auto kept = set_aside(parts_.files, name);
    parts_.log.write(
        messages::spool_corrupt, {{"segment", name}, {"error", kept ? "" : kept.error().detail}}
    );
    spool_.metrics().damaged.add();
    std::uint64_t lost = 0;
    for (const auto& damage : found.damage) {
        lost += damage.end - damage.begin;
    }
    auto entry = entry_of(IntegrityEvent{
        .time = parts_.clock.wall_now(), .what = "spool_segment", .place = name, .lost = lost});
    std::deque<SpoolJob> jobs;
    jobs.push_back({.entry = std::move(entry), .deadline = Deadline{MonoTime::max()}, .waiter = {}}
    );
    // Refused only when the spool stops or is flooded; the log has it in any case.
    static_cast<void>(spool_.submit(jobs));
}

void Shipper::clean_up() {
    while (const auto segment = spool_.index().finished()) {
        const auto removed = parts_.files.remove(segment_name(segment->number));
        if (!removed) {
            parts_.log.write(messages::shipping_unread, {{"error", removed.error().detail}});
            return;
        }
        spool_.index().drop_oldest();
    }
}

void Shipper::remember() {
    if (!latest_) {
        return;
    }
    const auto saved = save_progress(parts_.files, *latest_);
    if (!saved) {
        parts_.log.write(messages::shipping_unread, {{"error", saved.error().detail}});
    }
    latest_.reset();
}

Milliseconds Shipper::next_backoff() {
    backoff_ = std::clamp(backoff_ * 2, settings_.backoff_min, settings_.backoff_max);
    std::uniform_int_distribution<Milliseconds::rep> spread{backoff_.count() / 2, backoff_.count()};
    return Milliseconds{spread(jitter_)};
}

Deadline Shipper::delivery_deadline() {
    const auto normal = Deadline::after(parts_.clock.mono_now(), settings_.delivery);
    const std::lock_guard lock{mutex_};
    return stop_by_ ? Deadline{std::min(normal.at(), stop_by_->at())} : normal;
}

}  // namespace numproof
