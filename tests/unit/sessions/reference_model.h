// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/directory_writer.h"

namespace numproof {

/// What the directory has to answer, worked out from the whole history each time: no records, no
/// tombstones, no versions. It expects that times within a lane never run backwards.
class ReferenceModel {
public:
    explicit ReferenceModel(DirectoryRules rules) noexcept : rules_(rules) {}

    void tell(const PlacedEvent& event) { history_.push_back(event); }

    /// As Directory::ask().
    [[nodiscard]] std::string ask(const IpAddress& address, std::uint16_t port, WallTime now)
        const {
        const auto sessions = play_sessions();
        for (int length = 128; length >= 32; --length) {
            std::vector<Claim> claims;
            for (const auto& claim : live_claims(sessions)) {
                const bool here = claim.at.prefix.length() == static_cast<unsigned>(length) &&
                                  claim.at.prefix.contains(address) && !overtaken(claim, sessions);
                if (here) {
                    claims.push_back(claim);
                }
            }
            if (!claims.empty()) {
                return ask_claims(claims, port, sessions, now);
            }
        }
        return "off_network";
    }

private:
    struct Claim {
        std::string session;
        HeldAddress at;
        WallTime begin;
    };

    struct Session {
        std::string source;
        std::vector<Claim> held;   ///< Now.
        std::vector<Claim> began;  ///< Ever.
        std::optional<EventPosition> bound;
        bool rebound_only = true;
        std::optional<Msisdn> msisdn;
        std::optional<Imsi> imsi;
        Access access = Access::three_gpp;
        std::optional<std::chrono::seconds> interval;
        WallTime last_seen;
    };

    using Sessions = std::map<std::string, Session>;

    struct Number {
        std::string imsi;
        bool lost = false;
        SubscriberState state = SubscriberState::active;
        WallTime epoch;
    };

    struct Books {
        std::map<std::string, Number> numbers;
        std::map<std::string, std::string> number_of_imsi;
        std::map<std::string, WallTime> imsi_changed;
    };

    /// In the order in which things really happened.
    [[nodiscard]] std::vector<PlacedEvent> ordered() const {
        auto events = history_;
        std::ranges::stable_sort(events, {}, [](const PlacedEvent& e) { return e.at.time; });
        return events;
    }

    [[nodiscard]] Sessions play_sessions() const {
        Sessions sessions;
        for (const auto& placed : ordered()) {
            if (const auto* bind = std::get_if<SessionBind>(&placed.event)) {
                play(sessions[bind->name.session], *bind, placed.at);
            } else if (const auto* seen = std::get_if<SessionRefresh>(&placed.event)) {
                auto& session = sessions[seen->name.session];
                session.last_seen = std::max(session.last_seen, seen->time);
            } else if (const auto* release = std::get_if<SessionRelease>(&placed.event)) {
                sessions[release->name.session].held.clear();
            }
        }
        return sessions;
    }

    static void play(Session& session, const SessionBind& bind, const EventPosition& at) {
        const bool whole = bind.extent == SessionBind::Extent::whole;
        session.source = bind.name.source;
        if (whole) {
            session.held.clear();
            session.bound = at;
            session.rebound_only = false;
            session.msisdn = bind.msisdn;
            session.imsi = bind.imsi;
            session.interval = bind.interim_interval;
        } else if (!session.bound) {
            session.bound = at;
        }
        session.msisdn = bind.msisdn ? bind.msisdn : session.msisdn;
        session.imsi = bind.imsi ? bind.imsi : session.imsi;
        session.interval = bind.interim_interval ? bind.interim_interval : session.interval;
        session.access = bind.access;
        session.last_seen = std::max(session.last_seen, bind.time);
        for (const auto& removed : bind.removed) {
            std::erase_if(session.held, [&](const Claim& claim) {
                return claim.at.prefix == removed.prefix && claim.at.domain == removed.domain;
            });
        }
        for (const auto& address : bind.held) {
            std::erase_if(session.held, [&](const Claim& claim) { return claim.at == address; });
            const Claim claim{.session = bind.name.session, .at = address, .begin = bind.time};
            session.held.push_back(claim);
            session.began.push_back(claim);
        }
    }

    [[nodiscard]] static std::vector<Claim> live_claims(const Sessions& sessions) {
        std::vector<Claim> all;
        for (const auto& [name, session] : sessions) {
            all.insert(all.end(), session.held.begin(), session.held.end());
        }
        return all;
    }

    [[nodiscard]] bool overtaken(const Claim& claim, const Sessions& sessions) const {
        return std::ranges::any_of(sessions, [&](const auto& other) {
            return std::ranges::any_of(other.second.began, [&](const Claim& began) {
                return began.session != claim.session && began.at.prefix == claim.at.prefix &&
                       began.at.ports.overlaps(claim.at.ports) &&
                       began.begin > claim.begin + rules_.conflict_skew;
            });
        });
    }

    [[nodiscard]] std::string ask_claims(
        const std::vector<Claim>& claims, std::uint16_t port, const Sessions& sessions, WallTime now
    ) const {
        const bool shared =
            std::ranges::any_of(claims, [](const Claim& claim) { return !claim.at.ports.whole(); });
        std::set<std::string> holders;
        for (const auto& claim : claims) {
            if (claim.at.ports.contains(port)) {
                holders.insert(claim.session);
            }
        }
        if ((port == 0 && shared) || holders.empty()) {
            return "port_unknown";
        }
        return holders.size() > 1 ? "conflict" : ask_session(sessions.at(*holders.begin()), now);
    }

    [[nodiscard]] std::string ask_session(const Session& session, WallTime now) const {
        if (died(session)) {
            return "gateway_restarted";
        }
        const auto life = session.interval
                              ? Milliseconds{*session.interval} * rules_.missed_interims
                              : rules_.life_without_interims;
        if (now > session.last_seen + life) {
            return "interims_missing";
        }
        if (session.access != Access::three_gpp) {
            return "non_3gpp_access";
        }
        return ask_number(session, play_books());
    }

    [[nodiscard]] bool died(const Session& session) const {
        return std::ranges::any_of(history_, [&](const PlacedEvent& placed) {
            const auto* reset = std::get_if<GatewayReset>(&placed.event);
            if (reset == nullptr || reset->source != session.source) {
                return false;
            }
            return placed.at.lane == session.bound->lane ? session.bound->offset < placed.at.offset
                                                         : session.bound->time <= reset->time;
        });
    }

    [[nodiscard]] std::string ask_number(const Session& session, const Books& books) const {
        std::string number;
        if (session.msisdn) {
            number = session.msisdn->reveal();
        } else if (session.imsi) {
            const std::string imsi{session.imsi->reveal()};
            const auto given = books.number_of_imsi.find(imsi);
            number = given == books.number_of_imsi.end() ? "" : given->second;
            const auto changed = books.imsi_changed.find(imsi);
            const bool outdated =
                changed != books.imsi_changed.end() && session.bound->time <= changed->second;
            if (outdated) {
                return "binding_outdated";
            }
        }
        if (number.empty()) {
            return "number_unknown";
        }
        const auto known = books.numbers.find(number);
        const auto entry = known == books.numbers.end() ? Number{} : known->second;
        if (entry.state != SubscriberState::active) {
            return "subscriber_inactive";
        }
        if (!session.msisdn && (entry.lost || entry.imsi != session.imsi->reveal())) {
            return "number_unknown";
        }
        return session.bound->time <= entry.epoch ? "binding_outdated" : number;
    }

    /// Which numbers were ever met together with which IMSI.
    [[nodiscard]] std::map<std::string, std::set<std::string>> seen_together() const {
        std::map<std::string, std::set<std::string>> seen;
        for (const auto& placed : history_) {
            if (const auto* bind = std::get_if<SessionBind>(&placed.event);
                bind != nullptr && bind->msisdn && bind->imsi) {
                seen[std::string{bind->imsi->reveal()}].emplace(bind->msisdn->reveal());
            } else if (const auto* books = std::get_if<SubscriberChange>(&placed.event)) {
                seen[std::string{books->imsi.reveal()}].emplace(books->msisdn.reveal());
            }
        }
        return seen;
    }

    /// On which SIMs sessions had a number, and since when.
    [[nodiscard]] std::map<std::string, std::map<std::string, WallTime>> met_on() const {
        std::map<std::string, std::map<std::string, WallTime>> met;
        for (const auto& placed : history_) {
            const auto* bind = std::get_if<SessionBind>(&placed.event);
            if (bind != nullptr && bind->msisdn && bind->imsi) {
                const std::string imsi{bind->imsi->reveal()};
                auto& since = met[std::string{bind->msisdn->reveal()}]
                                  .try_emplace(imsi, bind->time)
                                  .first->second;
                since = std::min(since, bind->time);
            }
        }
        return met;
    }

    /// Before the books' first word on a number: was it met on another SIM last?
    static bool met_elsewhere(
        const std::map<std::string, WallTime>& met, const SubscriberChange& change
    ) {
        WallTime last = WallTime::min();
        for (const auto& [imsi, since] : met) {
            last = since <= change.time ? std::max(last, since) : last;
        }
        return std::ranges::any_of(met, [&](const auto& one) {
            return one.second == last && one.first != change.imsi.reveal();
        });
    }

    [[nodiscard]] Books play_books() const {
        Books books;
        const auto met = met_on();
        const auto seen = seen_together();
        std::vector<SubscriberChange> changes;
        for (const auto& placed : history_) {
            if (const auto* change = std::get_if<SubscriberChange>(&placed.event)) {
                changes.push_back(*change);
            }
        }
        std::ranges::stable_sort(changes, {}, &SubscriberChange::time);
        for (const auto& change : changes) {
            const auto on = met.find(std::string{change.msisdn.reveal()});
            auto& number = books.numbers[std::string{change.msisdn.reveal()}];
            if (on != met.end() && number.imsi.empty() && met_elsewhere(on->second, change)) {
                number.epoch = change.time;
            }
            play(books, change, seen.at(std::string{change.imsi.reveal()}));
        }
        return books;
    }

    static void play(
        Books& books, const SubscriberChange& change, const std::set<std::string>& together
    ) {
        const std::string imsi{change.imsi.reveal()};
        const std::string name{change.msisdn.reveal()};
        for (const auto& other : together) {
            auto& loser = books.numbers[other];
            const bool had_it = loser.imsi.empty() || loser.imsi == imsi;
            if (other != name && had_it && !loser.lost) {
                loser.lost = true;
                loser.epoch = change.time;
            }
        }
        auto& number = books.numbers[name];
        const bool swapped = !number.imsi.empty() && number.imsi != imsi;
        if (swapped || change.sim_changed || change.state != SubscriberState::active) {
            number.epoch = change.time;
        }
        number.imsi = imsi;
        number.lost = false;
        number.state = change.state;
        auto& given = books.number_of_imsi[imsi];
        if (!given.empty() && given != name) {
            books.imsi_changed[imsi] = change.time;
        }
        given = name;
    }

    DirectoryRules rules_;
    std::vector<PlacedEvent> history_;
};

}  // namespace numproof
