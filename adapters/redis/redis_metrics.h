// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/redis/redis_writes.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What all connections of this process to Redis have seen. Thread-safe.
class RedisMetrics final : public MetricSource {
public:
    Counter commands;            ///< Handed to a connection.
    Counter ended;               ///< Answered or given up, and their place in the queue is free.
    Counter unavailable;         ///< Failed with store_unavailable.
    Counter deadlines_exceeded;  ///< Failed with deadline_exceeded.
    Counter refused_full;        ///< Failed with queue_full.
    Counter script_reloads;      ///< Scripts that Redis did not know any more.
    RedisWrites writes;          ///< Whether Redis takes them now.
    Counter connected;           ///< Connections that became ready.
    Counter lost;                ///< Connections that were ready and ended.
    Counter breakers_opened;     ///< Connections that began to refuse commands at once,
    Counter breakers_closed;     ///< and stopped to.
    Counter moved;               ///< A Cluster's node said MOVED.
    Counter asked;               ///< … ASK.
    Counter tried_again;         ///< … TRYAGAIN, or a script missed a key that was moved.
    Counter cluster_down;        ///< … CLUSTERDOWN.
    Counter maps_read;           ///< Maps of slots that were taken over from a Cluster.
    LatencyHistogram latency;    ///< From sending a command to its reply.

    void collect(std::vector<Sample>& samples) const override;
};

}  // namespace numproof
