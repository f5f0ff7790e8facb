// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "daemon/base/time.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// librdkafka's broker inside this process, on loopback ports of its own choice. Topics live in
/// memory, 5 MiB a partition at most; anybody who can reach the port can use it. For the
/// sandbox and for tests. Its methods may be called from any thread.
class InProcessBroker {
public:
    [[nodiscard]] static Result<std::unique_ptr<InProcessBroker>> start(Log& log);
    ~InProcessBroker();
    InProcessBroker(const InProcessBroker&) = delete;
    InProcessBroker& operator=(const InProcessBroker&) = delete;

    /// `127.0.0.1:<port>`
    [[nodiscard]] std::string address() const;

    /// To this broker, without security.
    [[nodiscard]] KafkaConnection connection() const;

    [[nodiscard]] Result<void> make_topic(const std::string& topic, std::int32_t partitions);

    /// Requests that can be made to fail.
    enum class Request : std::uint8_t { produce, fetch, offset_commit, join_group };

    enum class Failure : std::uint8_t {
        disconnect,
        not_leader,
        not_enough_replicas,
        out_of_order_sequence,
        request_timed_out,
    };

    /// The next `failures.size()` requests of that kind fail in that order.
    void fail_next(Request request, const std::vector<Failure>& failures);

    /// Cuts all connections and takes no new ones, until come_back().
    void go_away();
    void come_back();

private:
    struct State;
    explicit InProcessBroker(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
