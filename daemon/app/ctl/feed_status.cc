// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/feed_table.h"
#include "daemon/app/ctl/watch.h"

namespace numproof::ctl {
namespace {

constexpr std::size_t kBarWidth = 30;

View feed_view() {
    return {
        .path = "/v1/feed",
        .table =
            [](std::string_view json) {
                return feed_table(json, wants_colour() ? Colour::some : Colour::none, kBarWidth);
            },
        .line = [](std::string_view json) { return feed_line(json); }};
}

}  // namespace

int feed_status(const Context& context) {
    return look(context, feed_view());
}

int feed_watch(const Context& context, std::size_t turns_max) {
    return watch(context, feed_view(), turns_max);
}

}  // namespace numproof::ctl
