// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/replicated_store.h"

namespace numproof::sim {
namespace {

constexpr std::size_t kStandbys = 2;
constexpr Milliseconds kLong = std::chrono::hours{24};

}  // namespace

ReplicatedStore::ReplicatedStore(const VirtualLoop& loop, const Clock& clock, Milliseconds lag)
    : loop_(loop), clock_(clock), lag_(lag) {
    wipe();
}

void ReplicatedStore::wipe() {
    journal_.clear();
    primary_ = std::make_unique<MemoryStore>(clock_);
    standbys_.clear();
    for (std::size_t i = 0; i < kStandbys; ++i) {
        standbys_.push_back(std::make_unique<MemoryStore>(clock_));
    }
}

bool ReplicatedStore::fail_over() {
    follow();
    if (standbys_.empty()) {
        return false;
    }
    journal_.clear();
    primary_ = std::move(standbys_.back());
    standbys_.pop_back();
    return true;
}

void ReplicatedStore::follow() {
    while (!journal_.empty() && journal_.front().first + lag_ <= loop_.now()) {
        for (auto& standby : standbys_) {
            journal_.front().second(*standby);
        }
        journal_.pop_front();
    }
}

bool ReplicatedStore::exchange(const std::string& a, const std::string& b) {
    auto found = primary_->read({a, b});
    if (!found[0] || !found[1]) {
        return false;
    }
    return overwrite(a, *found[1], kLong) && overwrite(b, *found[0], kLong);
}

bool ReplicatedStore::truncate(const std::string& key) {
    auto found = primary_->read({key});
    if (!found[0]) {
        return false;
    }
    found[0]->value.resize(found[0]->value.size() / 2);
    return overwrite(key, std::move(*found[0]), kLong);
}

bool ReplicatedStore::remove(const std::string& key) {
    auto found = primary_->read({key});
    return found[0] && overwrite(key, std::move(*found[0]), Milliseconds{1});
}

bool ReplicatedStore::overwrite(const std::string& key, Record record, Milliseconds keep) {
    auto current = primary_->read({key});
    if (!current[0]) {
        return false;
    }
    std::vector<Replacement> list{
        {.key = key, .expected = current[0]->revision, .record = std::move(record), .keep = keep}};
    return write([list](MemoryStore& store) { return store.replace(list); })[0].replaced;
}

}  // namespace numproof::sim
