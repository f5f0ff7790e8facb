// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/domain/session_event.h"

namespace numproof::sim {

/// The figures that the rules need.
struct TruthTerms {
    Milliseconds conflict_skew{};
    int missed_interims = 3;
    Milliseconds clock_margin{};  ///< How wrong the clocks of nodes may be.
    std::vector<std::pair<IpPrefix, std::string>> domains;
};

/// Who is behind an address? What everybody had to know by `from` counts for certain, what
/// happened up to `to` may be known.
struct Question {
    IpAddress address;
    std::uint16_t port = 0;
    WallTime asked;  ///< When it was asked.
    WallTime from;   ///< `asked` less what the directory may be behind.
    WallTime to;     ///< When it was answered.
};

/// What is wrong with an answer.
struct Finding {
    int rank = 0;  ///< How much was right before something was wrong.
    std::string rule;
    std::string why;
};

/// The plain reference: everything that the network said, with its time, kept for ever. It knows no
/// records, versions, tombstones or stores; it answers by going through what was said.
class Truth {
public:
    explicit Truth(TruthTerms terms) : terms_(std::move(terms)) {}

    /// The network said `event`. `known`: from when on everybody can know it; the event's own time
    /// unless it was sent late.
    void tell(const SessionEvent& event, WallTime known);

    /// Nothing if `number` may have been named, else what is wrong with that.
    [[nodiscard]] std::optional<Finding> named(const Question& q, const std::string& number) const;

    /// Nothing if "nobody is there" may have been said, else who certainly was.
    [[nodiscard]] std::optional<Finding> nobody(const Question& q) const;

    /// The number that a directory which is well has to name: beyond doubt for `quiet` before the
    /// question and until its answer.
    [[nodiscard]] std::optional<std::string> must_name(const Question& q, Milliseconds quiet) const;

    /// True if `number` certainly changed hands or state (rule R3) after `since`, by `until`.
    [[nodiscard]] bool changed(const std::string& number, WallTime since, WallTime until) const;

    /// True if the books said anything of `number` from `since` on.
    [[nodiscard]] bool mentioned(const std::string& number, WallTime since) const;

private:
    struct Span {
        SessionName session;
        HeldAddress at;
        WallTime begin, begin_known;
        WallTime end = WallTime::max();
        WallTime end_known = WallTime::max();
    };

    struct Terms {
        WallTime since;
        std::optional<std::string> msisdn, imsi;
        Access access = Access::three_gpp;
        std::optional<std::chrono::seconds> interval;
    };

    struct Session {
        std::vector<WallTime> binds;
        std::optional<WallTime> first_change;
        std::vector<Terms> terms;
        std::vector<WallTime> seen;
        std::vector<std::size_t> open;  ///< Spans that have not ended.
    };

    struct Number {
        std::string imsi;
        std::vector<std::pair<WallTime, SubscriberState>> states;
        std::vector<WallTime> epochs;
        std::vector<WallTime> mentions;
    };

    using Place = std::pair<std::string, IpPrefix>;

    void tell(const SessionBind& event, WallTime known);
    void tell(const SessionRefresh& event, WallTime known);
    void tell(const SessionRelease& event, WallTime known);
    void tell(const GatewayReset& event, WallTime known);
    void tell(const SubscriberChange& event, WallTime known);

    void tell(const Heartbeat& /*event*/, WallTime /*known*/) {}

    template <typename Meant>
    void close(Session& session, Meant meant, WallTime time, WallTime known);

    [[nodiscard]] const std::string* domain_of(const IpAddress& address) const;
    [[nodiscard]] std::vector<const Span*> around(
        const std::string& domain, const IpAddress& address
    ) const;
    [[nodiscard]] std::vector<std::string> numbers(const Span& span, const Question& q) const;
    [[nodiscard]] std::vector<std::string> numbers_of_imsi(
        const std::string& imsi, const Question& q
    ) const;
    [[nodiscard]] std::optional<Finding> doubt(
        const Span& span, const Question& q, const std::string& number
    ) const;
    [[nodiscard]] std::optional<Finding> doubt_others(const Span& span, const Question& q) const;
    [[nodiscard]] std::optional<Finding> doubt_session(
        const Span& span, const Question& q, const std::string& number
    ) const;
    [[nodiscard]] std::optional<Finding> elsewhere(const Question& q, const std::string& number)
        const;
    [[nodiscard]] bool overtaken(const Span& span, WallTime by) const;
    [[nodiscard]] bool is_sound(const Span& span, const Question& q, Milliseconds quiet) const;
    [[nodiscard]] std::optional<std::string> sound_number(
        const Span& span, const Question& q, Milliseconds quiet
    ) const;
    [[nodiscard]] WallTime bound(const Session& session, WallTime by) const;

    TruthTerms terms_;
    std::vector<Span> spans_;
    std::map<Place, std::vector<std::size_t>> places_;
    std::set<unsigned> lengths_;
    std::map<SessionName, Session> sessions_;
    std::map<std::string, std::vector<WallTime>> resets_;
    std::map<std::string, Number> numbers_;
    std::map<std::string, std::vector<std::pair<WallTime, std::string>>> imsis_;
};

}  // namespace numproof::sim
