// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace numproof::kafka {

/// The header of a record that was put back from the dead letters: the place of its letter.
inline constexpr const char* kReplayedFrom = "np_replayed_from";

}  // namespace numproof::kafka
