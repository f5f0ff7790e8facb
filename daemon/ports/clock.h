// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/time.h"

namespace numproof {

/// Port: what time it is. Thread-safe.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    /// UTC as this machine believes it; may step (rule R4 watches that).
    [[nodiscard]] virtual WallTime wall_now() const = 0;

    /// Never steps; also counts the time that the machine was suspended.
    [[nodiscard]] virtual MonoTime mono_now() const = 0;
};

}  // namespace numproof
