// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/loop_directory.h"

#include <utility>

#include "daemon/app/options_of.h"

namespace numproof {
namespace {

// A store that is there answers at once; this bears one failed attempt to connect.
constexpr Milliseconds kKnownWithin{5'000};
constexpr Milliseconds kLookEvery{5};

}  // namespace

LoopDirectory::LoopDirectory(
    Foundation& foundation, EventLoop& loop, std::shared_ptr<const Edition> of
)
    : edition(std::move(of)),
      stores(foundation, loop, *edition),
      standing(
          {.store = stores.records(),
           .clock = foundation.clock,
           .loop = loop,
           .vault = *edition->vault},
          standing_limits_of(edition->settings)
      ),
      numbers(
          {.store = stores.records(),
           .standing = standing,
           .clock = foundation.clock,
           .vault = *edition->vault,
           .counters = foundation.directory},
          directory_rules_of(edition->settings),
          routing_domains_of(edition->settings)
      ) {}

LoopDirectories::LoopDirectories(Foundation& foundation, EventLoop& loop)
    : foundation_(foundation),
      loop_(loop),
      now_(std::make_shared<LoopDirectory>(foundation, loop, foundation.edition)) {}

void LoopDirectories::start() {
    spawn(watch(*now_));
}

Task<void> LoopDirectories::watch(LoopDirectory& directory) {
    directory.watched = true;
    co_await directory.standing.run();
    directory.watched = false;
}

Task<std::string> LoopDirectories::prepare(std::shared_ptr<const Edition> edition) {
    drop_next();
    next_ = std::make_shared<LoopDirectory>(foundation_, loop_, std::move(edition));
    const auto made = next_;
    spawn(watch(*made));
    const auto& clock = foundation_.clock;
    const auto deadline = Deadline::after(clock.mono_now(), kKnownWithin);
    const auto standing = [&made] { return made->standing.basis().standing; };
    while (standing() == Standing::starting && !made->stores.refusal() &&
           !deadline.passed(clock.mono_now())) {
        co_await loop_.sleep(kLookEvery);
    }
    if (const auto refusal = made->stores.refusal()) {
        co_return *refusal;
    }
    if (standing() == Standing::starting) {
        co_return std::string{"Redis does not answer"};
    }
    co_return made->standing.missing_key();
}

void LoopDirectories::take_next() {
    if (next_) {
        former_.push_back(std::exchange(now_, std::exchange(next_, nullptr)));
    }
}

void LoopDirectories::drop_next() {
    if (next_) {
        former_.push_back(std::exchange(next_, nullptr));
    }
}

void LoopDirectories::sweep() {
    std::erase_if(former_, [](const std::shared_ptr<LoopDirectory>& one) {
        if (one.use_count() > 1) {
            return false;
        }
        one->standing.stop();
        if (one->watched) {
            return false;
        }
        one->stores.close();
        return true;
    });
}

void LoopDirectories::close() {
    now_->stores.close();
    if (next_) {
        next_->stores.close();
    }
    for (const auto& one : former_) {
        one->stores.close();
    }
}

}  // namespace numproof
