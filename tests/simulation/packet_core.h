// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/domain/address.h"
#include "daemon/domain/session_event.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/feed_group.h"
#include "tests/simulation/report.h"
#include "tests/simulation/truth.h"

namespace numproof::sim {

/// Topics of a world, one for each kind of freshness, and one whose gateway sends what it had to
/// keep for a while.
inline const std::string kKeyed = "np.sessions";   ///< By session; heartbeats.
inline const std::string kMixed = "np.radius";     ///< A session's events anywhere; traffic.
inline const std::string kBooks = "np.books";      ///< Subscribers; caught up.
inline const std::string kBuffered = "np.buffer";  ///< Heartbeats in time, events late.

/// A made-up network that says what happens in it: few addresses that are used again at once, port
/// blocks, prefixes inside prefixes, several gateways with clocks of their own.
class PacketCore {
public:
    PacketCore(VirtualLoop& loop, Broker& broker, Truth& truth, Report& report, Dice dice);

    /// Lets things happen until stop(): all of them in the broker soon, in the truth at once.
    [[nodiscard]] Task<void> run();

    void stop() noexcept { stopping_ = true; }

    /// No event happens any more, heartbeats go on.
    void rest() noexcept { resting_ = true; }

    /// What is sent to `at` arrives no sooner than `until`.
    void stall(const TopicPartition& at, MonoTime until);

    /// Something to ask for: mostly what somebody holds or has just held.
    [[nodiscard]] SourceEndpoint somewhere(Dice& dice) const;

    /// Any address that a session holds.
    [[nodiscard]] std::optional<HeldAddress> some_held(Dice& dice) const;

    /// The SIM of whoever has `number` is changed now.
    void change_sim_of(const std::string& number);

    /// A number that the books know.
    [[nodiscard]] std::string some_number(Dice& dice) const;

    /// All addresses that are ever given out.
    [[nodiscard]] const std::vector<HeldAddress>& places() const noexcept { return places_; }

    /// An endpoint in `held`, with a port of its block.
    [[nodiscard]] static SourceEndpoint endpoint_in(const HeldAddress& held, Dice& dice);

private:
    struct Subscriber {
        std::string msisdn, imsi;
        SubscriberState state = SubscriberState::active;
        std::optional<int> session;
    };

    struct Gateway {
        std::string name;
        std::string topic;
        Milliseconds error{};
        WallTime last;
        bool speaks_radius = false;  ///< States what is there, and sends again what got no answer.
    };

    struct Live {
        SessionName name;
        std::size_t subscriber = 0;
        std::size_t gateway = 0;
        std::vector<HeldAddress> held;
        std::optional<std::chrono::seconds> interval;
        Access access = Access::three_gpp;
        bool by_imsi = false;
        bool silent = false;
    };

    void make_places();
    void make_subscribers();
    void step();
    void attach();
    void attach_at(std::size_t subscriber, std::vector<HeldAddress> held);
    void detach(int id, bool late);
    void take_over();
    void hand_over();
    void change_addresses();
    void clash();
    void reuse_name();
    void write_books();
    void restate();
    void send_again(const SessionBind& start, const TopicPartition& at);
    void restart_gateway();
    void refresh(int id);
    void forget(int id);
    void bind(Live& live, SessionBind::Extent extent, std::vector<HeldAddress> removed);
    void send(SessionEvent event, const TopicPartition& at);
    void deliver(SessionEvent event, const TopicPartition& at);
    void send_late(SessionEvent event);
    void tell_books(const Subscriber& subscriber, bool sim_changed);
    void beat();
    [[nodiscard]] WallTime time_at(std::size_t gateway);
    [[nodiscard]] TopicPartition lane_of(const Live& live);
    [[nodiscard]] std::optional<HeldAddress> free_place();
    [[nodiscard]] std::optional<int> some_live();
    [[nodiscard]] std::optional<std::size_t> idle_subscriber();

    VirtualLoop& loop_;
    Broker& broker_;
    Truth& truth_;
    Report& report_;
    Dice dice_;
    std::vector<HeldAddress> places_;
    std::vector<Subscriber> subscribers_;
    std::vector<Gateway> gateways_;
    std::map<int, Live> live_;
    std::map<HeldAddress, int> holder_;
    std::deque<HeldAddress> left_;  ///< Given up lately.
    std::map<TopicPartition, MonoTime> earliest_;
    std::map<TopicPartition, Milliseconds> delay_;
    int ids_ = 0;
    int numbers_made_ = 0;
    bool stopping_ = false;
    bool resting_ = false;
};

}  // namespace numproof::sim
