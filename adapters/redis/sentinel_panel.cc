// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/sentinel_panel.h"

#include <algorithm>

#include "daemon/ports/clock.h"

namespace numproof {

SentinelPanel::SentinelPanel(
    RedisEnvironment environment, const RedisOptions& options, Listener listener
)
    : environment_(environment),
      options_(options),
      listener_(listener),
      dialer_(environment.base, options.tls),
      timer_(environment.base, on_timer, this) {
    for (const auto& address : options.addresses) {
        links_.emplace_back(
            dialer_, options, address, SentinelLink::Listener{.told = on_word, .context = this}
        );
    }
}

void SentinelPanel::ask() {
    asking_ = true;
    judged_ = false;
    timer_.set(options_.connect_deadline);
    opening_ = true;
    for (auto& link : links_) {
        link.ask(environment_.clock.mono_now());
    }
    opening_ = false;
    judge(false);
}

void SentinelPanel::stop() {
    asking_ = false;
    timer_.cancel();
    for (auto& link : links_) {
        link.hang_up();
    }
}

void SentinelPanel::on_word(void* self) {
    auto& panel = *static_cast<SentinelPanel*>(self);
    if (panel.asking_ && !panel.opening_) {
        panel.judge(false);
    }
}

void SentinelPanel::on_timer(void* self) {
    auto& panel = *static_cast<SentinelPanel*>(self);
    if (panel.asking_) {
        panel.judge(true);
    } else {
        panel.ask();
    }
}

void SentinelPanel::judge(bool time_is_up) {
    const bool over = time_is_up || !anybody_waits();
    if (over) {
        asking_ = false;
        timer_.set(kEvery);
    }
    if (judged_) {
        return;
    }
    std::vector<SentinelWord> words;
    for (const auto& link : links_) {
        words.push_back(link.word());
    }
    const auto verdict = verdict_of(words, options_.sentinel.master_name);
    if (verdict || over) {
        judged_ = true;
        listener_.told(listener_.context, verdict);
    }
}

bool SentinelPanel::anybody_waits() const {
    return std::ranges::any_of(links_, &SentinelLink::waits);
}

}  // namespace numproof
