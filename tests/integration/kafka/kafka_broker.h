// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

#include "adapters/kafka/kafka_connection.h"

namespace numproof {

/// A real Kafka broker (KRaft, one node) on loopback ports and a folder of its own, for the
/// tests of one program. It dies with this object, and with the program at the latest.
/// A broker that cannot be started ends the program: there is nothing to test without it.
class KafkaBroker {
public:
    /// Starts one and waits until it answers.
    KafkaBroker();
    ~KafkaBroker();
    KafkaBroker(const KafkaBroker&) = delete;
    KafkaBroker& operator=(const KafkaBroker&) = delete;

    /// The one that this program's cases share; started at the first call.
    static KafkaBroker& shared();

    [[nodiscard]] KafkaConnection connection() const;

    /// SIGKILL, and waits for the end.
    void kill();

    /// Starts again on the same port with the same data, and waits until it answers.
    void start_again();

    /// SIGSTOP: connections stay, nothing answers.
    void freeze();

    /// SIGCONT.
    void thaw();

private:
    void write_properties();
    void format() const;
    void launch();
    [[nodiscard]] bool answers() const;

    std::filesystem::path folder_;
    std::string jars_;
    std::uint16_t port_ = 0;
    std::uint16_t controller_port_ = 0;
    pid_t pid_ = -1;
};

}  // namespace numproof
