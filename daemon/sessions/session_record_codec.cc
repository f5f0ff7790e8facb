// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "daemon/sessions/octets.h"
#include "daemon/sessions/session_record.h"

// The stored form. Nearly all sessions were bound once, by one event: whatever stems from that
// event is said by a bit, so that such a session takes about 60 octets.
//   form, what is there, terms; version, gateway, base position; the parts that are there
// "Near" means near the base: the newest `bind`, or nothing.

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 2;

/// What is there at all.
using Parts = std::uint64_t;
constexpr Parts kWhole = 1U << 0U;
constexpr Parts kChange = 1U << 1U;
constexpr Parts kEnd = 1U << 2U;
constexpr Parts kMsisdn = 1U << 3U;
constexpr Parts kImsi = 1U << 4U;
constexpr Parts kOneLane = 1U << 5U;  ///< The base's lane, up to the base.
constexpr Parts kRemoved = 1U << 6U;
constexpr Parts kNon3gpp = 1U << 7U;
constexpr Parts kInterval = 1U << 8U;
constexpr Parts kAllParts = (1U << 9U) - 1;

/// From which event a term is; two bits each.
using Origin = std::uint64_t;
constexpr Origin kNowhere = 0;
constexpr Origin kBase = 1;
constexpr Origin kElsewhere = 2;

/// How an address is held.
using Hold = std::uint64_t;
constexpr Hold kSharedPorts = 1U << 0U;
constexpr Hold kGivenUp = 1U << 1U;
constexpr Hold kAddedElsewhere = 1U << 2U;
constexpr Hold kAllHolds = (1U << 3U) - 1;

/// Writes one record.
class SessionWriter {
public:
    explicit SessionWriter(const SessionRecord& record) noexcept
        : record_(record), base_(record.whole.value_or(EventPosition{})) {}

    [[nodiscard]] Bytes write() {
        out_.number(kForm).number(parts()).number(origins());
        out_.integer(static_cast<std::int64_t>(
            record_.version - static_cast<std::uint64_t>(epoch_ms(base_.time))
        ));
        out_.raw(record_.gateway.octets());
        if (record_.whole) {
            out_.position(base_);
        }
        if (record_.change) {
            near(*record_.change);
        }
        if (record_.end) {
            near(*record_.end);
        }
        write_terms();
        write_lanes();
        out_.integer(epoch_ms(record_.last_seen) - epoch_ms(base_.time));
        write_held();
        write_removed();
        return out_.take();
    }

private:
    [[nodiscard]] bool one_lane() const {
        return record_.lanes.size() == 1 && position_of(record_.lanes.front()) == base_;
    }

    static EventPosition position_of(const LaneMark& mark) {
        return {.time = mark.time, .lane = mark.lane, .offset = mark.offset};
    }

    [[nodiscard]] Parts parts() const {
        return (record_.whole ? kWhole : 0U) | (record_.change ? kChange : 0U) |
               (record_.end ? kEnd : 0U) | (record_.msisdn.value ? kMsisdn : 0U) |
               (record_.imsi.value ? kImsi : 0U) | (one_lane() ? kOneLane : 0U) |
               (record_.removed.empty() ? 0U : kRemoved) |
               (record_.access.value == Access::three_gpp ? 0U : kNon3gpp) |
               (record_.interim_interval.value ? kInterval : 0U);
    }

    [[nodiscard]] Origin origin(const std::optional<EventPosition>& at) const {
        if (!at) {
            return kNowhere;
        }
        return record_.whole && *at == base_ ? kBase : kElsewhere;
    }

    [[nodiscard]] std::uint64_t origins() const {
        return origin(record_.msisdn.at) | origin(record_.imsi.at) << 2U |
               origin(record_.access.at) << 4U | origin(record_.interim_interval.at) << 6U;
    }

    void near(const EventPosition& at) { out_.position_near(base_, at); }

    void near_if_elsewhere(const std::optional<EventPosition>& at) {
        if (origin(at) == kElsewhere) {
            near(*at);
        }
    }

    void write_terms() {
        if (record_.msisdn.value) {
            out_.digits(record_.msisdn.value->reveal().substr(1));
        }
        if (record_.imsi.value) {
            out_.digits(record_.imsi.value->reveal());
        }
        if (record_.interim_interval.value) {
            out_.integer(record_.interim_interval.value->count());
        }
        near_if_elsewhere(record_.msisdn.at);
        near_if_elsewhere(record_.imsi.at);
        near_if_elsewhere(record_.access.at);
        near_if_elsewhere(record_.interim_interval.at);
    }

    void write_lanes() {
        if (one_lane()) {
            return;
        }
        out_.number(record_.lanes.size());
        for (const auto& mark : record_.lanes) {
            near(position_of(mark));
        }
    }

    void write_held() {
        out_.number(record_.held.size());
        for (const auto& holding : record_.held) {
            const bool elsewhere = !record_.whole || holding.added != base_;
            out_.number(
                (holding.at.ports.whole() ? 0U : kSharedPorts) |
                (holding.forget_at ? kGivenUp : 0U) | (elsewhere ? kAddedElsewhere : 0U)
            );
            out_.text(holding.at.domain).prefix(holding.at.prefix);
            if (!holding.at.ports.whole()) {
                out_.number(holding.at.ports.low).number(holding.at.ports.high);
            }
            if (elsewhere) {
                near(holding.added);
            }
            if (holding.forget_at) {
                out_.time(*holding.forget_at);
            }
        }
    }

    void write_removed() {
        if (record_.removed.empty()) {
            return;
        }
        out_.number(record_.removed.size());
        for (const auto& removal : record_.removed) {
            out_.text(removal.place.domain).prefix(removal.place.prefix);
            near(removal.at);
            out_.time(removal.forget_at);
        }
    }

    const SessionRecord& record_;
    EventPosition base_;
    OctetWriter out_;
};

/// Reads one record.
class SessionReader {
public:
    explicit SessionReader(std::string_view stored) noexcept : in_(stored) {}

    [[nodiscard]] Result<SessionRecord> read() {
        if (in_.number() != kForm) {
            return fail(ErrorCode::malformed, "session record of another form");
        }
        parts_ = in_.number();
        origins_ = in_.number();
        const auto version = in_.integer();
        const auto gateway = GatewayId::parse(in_.raw(GatewayId::kSize));
        if (!gateway || parts_ > kAllParts) {
            return fail(ErrorCode::malformed, "session record is broken");
        }
        record_.gateway = *gateway;
        if (has(kWhole)) {
            base_ = in_.position();
            record_.whole = base_;
        }
        record_.version =
            static_cast<std::uint64_t>(version) + static_cast<std::uint64_t>(epoch_ms(base_.time));
        record_.change = near_if(kChange);
        record_.end = near_if(kEnd);
        read_terms();
        read_lanes();
        record_.last_seen = in_.time_near(base_.time);
        read_held();
        read_removed();
        if (!in_.whole()) {
            return fail(ErrorCode::malformed, "session record is broken");
        }
        return std::move(record_);
    }

private:
    [[nodiscard]] bool has(Parts part) const noexcept { return (parts_ & part) != 0; }

    [[nodiscard]] EventPosition near() { return in_.position_near(base_); }

    [[nodiscard]] std::optional<EventPosition> near_if(Parts part) {
        return has(part) ? std::optional{near()} : std::nullopt;
    }

    template <typename T>
    [[nodiscard]] std::optional<T> named(std::string_view text) {
        auto parsed = T::parse(text);
        if (!parsed) {
            in_.spoil();
            return std::nullopt;
        }
        return std::move(*parsed);
    }

    [[nodiscard]] std::optional<EventPosition> origin(unsigned index) {
        switch ((origins_ >> (2 * index)) & 3U) {
            case kNowhere:
                return std::nullopt;
            case kBase:
                return base_;
            default:
                return near();
        }
    }

    void read_terms() {
        if (has(kMsisdn)) {
            record_.msisdn.value = named<Msisdn>("+" + in_.digits());
        }
        if (has(kImsi)) {
            record_.imsi.value = named<Imsi>(in_.digits());
        }
        if (has(kInterval)) {
            record_.interim_interval.value = std::chrono::seconds{in_.integer()};
        }
        record_.access.value = has(kNon3gpp) ? Access::non_three_gpp : Access::three_gpp;
        record_.msisdn.at = origin(0);
        record_.imsi.at = origin(1);
        record_.access.at = origin(2);
        record_.interim_interval.at = origin(3);
    }

    void read_lanes() {
        for (auto left = has(kOneLane) ? 0 : in_.count(); left > 0 && in_.good(); --left) {
            add_lane(near());
        }
        if (has(kOneLane)) {
            add_lane(base_);
        }
    }

    void add_lane(const EventPosition& at) {
        record_.lanes.push_back({.lane = at.lane, .offset = at.offset, .time = at.time});
    }

    [[nodiscard]] PortRange ports() {
        const auto low = in_.number();
        const auto high = in_.number();
        if (low > high || high > std::numeric_limits<std::uint16_t>::max()) {
            in_.spoil();
            return {};
        }
        return {.low = static_cast<std::uint16_t>(low), .high = static_cast<std::uint16_t>(high)};
    }

    void read_held() {
        for (auto left = in_.count(); left > 0 && in_.good(); --left) {
            const auto hold = in_.number();
            std::string domain{in_.text()};
            const auto prefix = in_.prefix();
            Holding holding{
                .at = {.domain = std::move(domain), .prefix = prefix, .ports = PortRange{}},
                .added = base_,
                .forget_at = std::nullopt};
            if ((hold & kSharedPorts) != 0) {
                holding.at.ports = ports();
            }
            if ((hold & kAddedElsewhere) != 0) {
                holding.added = near();
            }
            if ((hold & kGivenUp) != 0) {
                holding.forget_at = in_.time();
            }
            if (hold > kAllHolds) {
                in_.spoil();
            }
            record_.held.push_back(std::move(holding));
        }
    }

    void read_removed() {
        for (auto left = has(kRemoved) ? in_.count() : 0; left > 0 && in_.good(); --left) {
            std::string domain{in_.text()};
            HeldPlace place{.domain = std::move(domain), .prefix = in_.prefix()};
            const auto at = near();
            record_.removed.push_back({.place = std::move(place), .at = at, .forget_at = in_.time()}
            );
        }
    }

    OctetReader in_;
    Parts parts_ = 0;
    std::uint64_t origins_ = 0;
    EventPosition base_;
    SessionRecord record_;
};

}  // namespace

Bytes to_stored(const SessionRecord& record) {
    return SessionWriter{record}.write();
}

Result<SessionRecord> parse_session_record(std::string_view stored) {
    return SessionReader{stored}.read();
}

}  // namespace numproof
