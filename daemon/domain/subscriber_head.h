// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "daemon/domain/subscriber.h"

namespace numproof {

/// The readable beginning of a stored subscriber record: all that a claim has to judge.
/// Written as one letter for the state (`a s p d`), the epoch in decimal and one blank each
/// (`a 1795341600000 `), so that a script inside the store can read it too.
struct SubscriberHead {
    SubscriberState state = SubscriberState::active;
    BindingEpoch epoch = 0;

    bool operator==(const SubscriberHead&) const = default;
};

/// `head` as it is stored.
[[nodiscard]] std::string to_stored(const SubscriberHead& head);

/// Reads the head and cuts it off the front of `stored`; another form is `malformed`.
[[nodiscard]] Result<SubscriberHead> take_subscriber_head(std::string_view& stored);

}  // namespace numproof
