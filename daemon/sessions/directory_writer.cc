// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/directory_writer.h"

#include "daemon/sessions/batch_plan.h"

namespace numproof {

DirectoryWriter::DirectoryWriter(Parts parts, DirectoryRules rules)
    : parts_(parts), rules_(rules) {}

Task<Result<void>> DirectoryWriter::apply(
    std::vector<PlacedEvent> events, ApplyContext context, Deadline deadline
) {
    BatchPlan plan{parts_, rules_, context};
    plan.add(events);
    auto first = plan.first_changes();
    auto done = co_await change_records(parts_.store, parts_.clock, std::move(first), deadline);
    if (!done) {
        co_return pass_on(done);
    }
    auto second = plan.second_changes();
    co_return co_await change_records(parts_.store, parts_.clock, std::move(second), deadline);
}

}  // namespace numproof
