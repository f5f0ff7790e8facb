// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/subscriber_head.h"

#include <array>
#include <charconv>
#include <optional>

namespace numproof {
namespace {

constexpr std::array kStates{
    SubscriberState::active,
    SubscriberState::suspended,
    SubscriberState::ported_out,
    SubscriberState::deleted,
};

std::optional<SubscriberState> state_of(char letter) {
    for (const auto state : kStates) {
        if (name_of(state).front() == letter) {
            return state;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string to_stored(const SubscriberHead& head) {
    return std::string{name_of(head.state).front()} + " " + std::to_string(head.epoch) + " ";
}

Result<SubscriberHead> take_subscriber_head(std::string_view& stored) {
    const auto end = stored.find(' ', 2);
    if (stored.size() < 4 || stored[1] != ' ' || end == std::string_view::npos) {
        return fail(ErrorCode::malformed, "subscriber record without a head");
    }
    const auto state = state_of(stored.front());
    SubscriberHead head;
    const char* const last = stored.data() + end;
    const auto read = std::from_chars(stored.data() + 2, last, head.epoch);
    if (!state || read.ec != std::errc{} || read.ptr != last || head.epoch < 0) {
        return fail(ErrorCode::malformed, "subscriber record with a broken head");
    }
    head.state = *state;
    stored.remove_prefix(end + 1);
    return head;
}

}  // namespace numproof
