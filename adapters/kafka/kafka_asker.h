// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_connection.h"

namespace numproof::kafka {

/// A client for questions (kafka_questions.h) and orders alone. A broker answers one connection in
/// order: on a consumer's own, a question would wait behind each fetch that finds nothing.
/// Thread-safe, as its client is.
class Asker {
public:
    /// Connects to nothing yet; fails with invalid_configuration. `log` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<Asker>> make(
        const KafkaConnection& connection, Log& log
    );

    /// Gives what `question` answers, which is called with the client.
    template <typename Question>
    auto ask(const Question& question) const {
        auto answer = question(*client_);
        // Events of the client are thrown away here: left alone, they would pile up.
        rd_kafka_poll(client_.get(), 0);
        return answer;
    }

    [[nodiscard]] rd_kafka_t& client() const noexcept { return *client_; }

private:
    /// Errors come back as the answer to what was asked.
    class Events final : public ClientEvents {
    public:
        using ClientEvents::ClientEvents;

        void on_error(rd_kafka_resp_err_t, const std::string&) override {}
    };

    Asker(const KafkaConnection& connection, Log& log)
        : events_(log, connection.security.token_source) {}

    Events events_;
    ClientPtr client_;
};

}  // namespace numproof::kafka
