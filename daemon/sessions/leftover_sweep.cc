// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/leftover_sweep.h"

#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/domain/store_keys.h"
#include "daemon/sessions/generation_marker.h"
#include "daemon/telemetry/messages.h"

namespace numproof {

Task<void> LeftoverSweep::run(std::function<bool()> leads) {
    while (!stopping_) {
        co_await parts_.loop.sleep(pace_.look_every);
        if (!leads()) {
            seen_.clear();
            continue;
        }
        auto generation = co_await whole_generation();
        if (!generation || !due(*generation)) {
            continue;
        }
        const auto id = generation->id;
        const auto done = co_await sweep(std::move(*generation));
        if (done) {
            swept_ = id;
            continue;
        }
        not_before_ = parts_.clock.mono_now() + pace_.retry_after;
        parts_.log.write(messages::leftovers_kept, {{"detail", done.error().detail}});
    }
}

bool LeftoverSweep::due(const GenerationRecord& generation) {
    const auto now = parts_.clock.mono_now();
    if (std::exchange(seen_, generation.id) != generation.id) {
        not_before_ = now + pace_.settle;
    }
    return swept_ != generation.id && now >= not_before_;
}

Task<std::optional<GenerationRecord>> LeftoverSweep::whole_generation() {
    const auto deadline = Deadline::after(parts_.clock.mono_now(), pace_.step_within);
    std::vector<std::string> keys{store_keys::generation()};
    auto markers = co_await parts_.store.read(std::move(keys), deadline);
    if (!markers || !markers->front()) {
        co_return std::nullopt;
    }
    auto generation = open_marker(parts_.vault, *markers->front());
    if (!generation || generation->phase != GenerationRecord::Phase::whole) {
        co_return std::nullopt;
    }
    co_return std::move(*generation);
}

// A name is seen before the marker is read again: if the marker is still the same, no other
// generation had begun when the name was there, so what has another mark is older than this one.
Task<Result<void>> LeftoverSweep::sweep(GenerationRecord generation) {
    const auto keys =
        GenerationKeys::derive(parts_.vault.crypto(), generation.id, generation.secret);
    const auto present = to_base64url(keys.mark);
    std::uint64_t removed = 0;
    std::string from;
    do {
        const auto deadline = Deadline::after(parts_.clock.mono_now(), pace_.step_within);
        auto page = co_await parts_.walk.look(std::move(from), deadline);
        if (!page) {
            co_return pass_on(page);
        }
        std::erase_if(page->names, [&](const std::string& name) {
            const auto mark = store_keys::mark_of(name);
            return !mark || *mark == present;
        });
        if (!page->names.empty()) {
            const auto now = co_await whole_generation();
            if (!now || now->id != generation.id) {
                co_return fail(ErrorCode::store_unavailable, "the directory is built again");
            }
            const auto count = page->names.size();
            auto gone = co_await parts_.walk.forget(
                std::move(page->names), std::move(page->life), deadline
            );
            if (!gone) {
                co_return pass_on(gone);
            }
            removed += count;
            parts_.removed.add(count);
        }
        from = std::move(page->next);
        co_await parts_.loop.sleep(pace_.pause);
    } while (!from.empty() && !stopping_);
    if (removed > 0) {
        parts_.log.write(messages::leftovers_removed, {{"hashes", std::to_string(removed)}});
    }
    co_return Result<void>{};
}

}  // namespace numproof
