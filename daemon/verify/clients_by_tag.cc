// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/clients_by_tag.h"

namespace numproof {

const Client* ClientsByTag::find(const ClientSnapshot& snapshot, std::string_view tag) {
    if (snapshot != indexed_) {
        index(snapshot);
    }
    const auto found = by_tag_.find(tag);
    return found == by_tag_.end() ? nullptr : found->second;
}

void ClientsByTag::index(const ClientSnapshot& snapshot) {
    by_tag_.clear();
    indexed_ = snapshot;
    if (!snapshot) {
        return;
    }
    for (const auto& [id, client] : *snapshot) {
        by_tag_.emplace(codec_.client_tag_of(id), &client);
    }
}

}  // namespace numproof
