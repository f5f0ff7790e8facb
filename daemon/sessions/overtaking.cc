// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/overtaking.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "daemon/sessions/port_claims.h"

namespace numproof {
namespace {

bool began_later(const AddressEntry& a, const AddressEntry& b, Milliseconds skew) {
    return a.begin > b.begin + skew;
}

}  // namespace

Overtaking::Overtaking(const AddressRecord& record, Milliseconds skew)
    : record_(record), skew_(skew), order_(record.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_, [&](std::size_t a, std::size_t b) {
        const auto& left = record_[a];
        const auto& right = record_[b];
        return left.prefix == right.prefix ? left.begin > right.begin : left.prefix < right.prefix;
    });
}

Overtaking::Verdicts Overtaking::overtaken() {
    return sweep(Newer::all, [](PortClaims& newer, const AddressEntry& entry) {
        return newer.others_overlapping(entry.session, entry.ports) > 0;
    });
}

Overtaking::Verdicts Overtaking::covered_by_two() {
    return sweep(Newer::all, [](PortClaims& newer, const AddressEntry& entry) {
        return newer.others_covering(entry.session, entry.ports) > 1;
    });
}

Overtaking::Verdicts Overtaking::forgotten(WallTime now) {
    return sweep(Newer::judged_true, [now](PortClaims& gone, const AddressEntry& entry) {
        return (entry.forget_at && *entry.forget_at <= now) ||
               gone.others_overlapping(entry.session, entry.ports) > 0;
    });
}

Overtaking::Verdicts Overtaking::sweep(Newer counted, const Judge& judge) {
    Verdicts verdicts(record_.size());
    std::size_t first = 0;
    for (std::size_t i = 1; i <= order_.size(); ++i) {
        if (i == order_.size() || record_[order_[i]].prefix != record_[order_[first]].prefix) {
            sweep_prefix(first, i, counted, judge, verdicts);
            first = i;
        }
    }
    return verdicts;
}

void Overtaking::sweep_prefix(
    std::size_t first, std::size_t last, Newer counted, const Judge& judge, Verdicts& verdicts
) {
    std::vector<std::uint16_t> lows;
    for (auto i = first; i < last; ++i) {
        lows.push_back(record_[order_[i]].ports.low);
    }
    PortClaims newer{std::move(lows)};
    auto next = first;
    for (auto i = first; i < last; ++i) {
        const auto& entry = record_[order_[i]];
        for (; next < i && began_later(record_[order_[next]], entry, skew_); ++next) {
            if (counted == Newer::all || verdicts[order_[next]]) {
                newer.add(record_[order_[next]].session, record_[order_[next]].ports);
            }
        }
        verdicts[order_[i]] = judge(newer, entry);
    }
    steps_ += newer.steps() + (last - first);
}

}  // namespace numproof
