// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/commands.h"
#include "daemon/app/ctl/status_table.h"
#include "daemon/app/ctl/watch.h"

namespace numproof::ctl {
namespace {

View status_view() {
    return {
        .path = "/v1/status",
        .table = [](std::string_view json
                 ) { return status_table(json, wants_colour() ? Colour::some : Colour::none); },
        .line = [](std::string_view json) { return status_line(json); }};
}

}  // namespace

int status(const Context& context) {
    return look(context, status_view());
}

int status_watch(const Context& context, std::size_t turns_max) {
    return watch(context, status_view(), turns_max);
}

}  // namespace numproof::ctl
