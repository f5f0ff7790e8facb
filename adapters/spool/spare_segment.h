// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/spool/spool_files.h"

namespace numproof {

/// The name of a prepared file before it becomes a segment.
inline constexpr const char* kSpareName = ".spare";

/// Prepares the file of the next segment ahead of need, on a thread of its own: writing zeros takes
/// the disk long, and nobody's answer should wait for it.
class SpareSegment {
public:
    enum class State : std::uint8_t {
        none,
        under_way,
        ready,
        failed  ///< Nothing of it is left.
    };

    /// `files` outlives it. Each spare is `bytes` long.
    SpareSegment(SpoolFiles& files, std::uint64_t bytes) : files_(files), bytes_(bytes) {}

    /// discard(), if that was not done.
    ~SpareSegment();

    SpareSegment(const SpareSegment&) = delete;
    SpareSegment& operator=(const SpareSegment&) = delete;

    /// Has one prepared. Not while one is under way or ready.
    void order();

    /// Prepares one at once, on the caller's thread. Before the first order().
    void make_first();

    [[nodiscard]] State state() const;

    /// Makes `failed` to `none`.
    void forget_failure();

    /// The file that is ready, now the caller's to rename; null if none is.
    [[nodiscard]] std::unique_ptr<SpoolFile> take();

    /// Ends the thread and takes away what it prepared.
    void discard();

private:
    [[nodiscard]] bool start() noexcept;
    void run();
    void settle(std::unique_ptr<SpoolFile> made);
    [[nodiscard]] std::unique_ptr<SpoolFile> make();  // Null if it failed.
    [[nodiscard]] bool stopping() const;

    SpoolFiles& files_;
    std::uint64_t bytes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::none;
    bool stopping_ = false;
    std::unique_ptr<SpoolFile> file_;
    std::thread thread_;
};

}  // namespace numproof
