// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/api/routes.h"
#include "daemon/base/time.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// Requests of the public listener by endpoint and status. Thread-safe; one for all event loops.
class HttpMetrics final : public MetricSource {
public:
    /// One request was answered with `status` after `took`.
    void count(Endpoint endpoint, int status, MonoTime::duration took) noexcept;

    /// The gate refused a request with `status`, before it was complete.
    void count_refusal(Endpoint endpoint, int status) noexcept;

    void collect(std::vector<Sample>& samples) const override;

    /// The statuses that we send; the last slot is for any other.
    static constexpr std::array<int, 22> kStatuses{200, 204, 302, 303, 400, 401, 403, 404,
                                                   405, 408, 411, 413, 414, 415, 417, 421,
                                                   429, 431, 500, 503, 504, 505};

private:
    struct PerEndpoint {
        std::array<Counter, kStatuses.size() + 1> statuses;
        LatencyHistogram latency;
    };

    [[nodiscard]] PerEndpoint& of(Endpoint endpoint) noexcept {
        return endpoints_[static_cast<std::size_t>(endpoint)];
    }

    std::array<PerEndpoint, kEndpointCount> endpoints_;
};

}  // namespace numproof
