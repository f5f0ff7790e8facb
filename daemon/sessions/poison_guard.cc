// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/poison_guard.h"

namespace numproof {
namespace {

constexpr int kSlots = 10;

}  // namespace

bool PoisonGuard::note(MonoTime now, Quality quality) {
    if (slots_.empty() || now - slots_.back().begin >= burst_.window / kSlots) {
        slots_.push_back({.begin = now});
    }
    ++slots_.back().records;
    slots_.back().poison += quality == Quality::poison ? 1 : 0;
    if (quality == Quality::good || phase_ != Phase::clean || !is_burst(now)) {
        return false;
    }
    stop(now);
    return true;
}

PoisonGuard::Phase PoisonGuard::phase(MonoTime now) {
    if (phase_ == Phase::stopped && now >= until_) {
        phase_ = Phase::trial;
        until_ = now + burst_.window;
        slots_.clear();
    } else if (phase_ == Phase::trial && now >= until_) {
        if (is_burst(now)) {
            stop(now);
        } else {
            phase_ = Phase::clean;
        }
    }
    return phase_;
}

bool PoisonGuard::is_burst(MonoTime now) {
    while (!slots_.empty() && now - slots_.front().begin > burst_.window) {
        slots_.pop_front();
    }
    std::size_t records = 0;
    std::size_t poison = 0;
    for (const auto& slot : slots_) {
        records += slot.records;
        poison += slot.poison;
    }
    return poison >= burst_.records &&
           static_cast<double>(poison) >= burst_.share * static_cast<double>(records);
}

void PoisonGuard::stop(MonoTime now) {
    phase_ = Phase::stopped;
    until_ = now + burst_.hold;
    slots_.clear();
}

}  // namespace numproof
