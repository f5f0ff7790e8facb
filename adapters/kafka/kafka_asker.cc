// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_asker.h"

#include <utility>

namespace numproof::kafka {

Result<std::unique_ptr<Asker>> Asker::make(const KafkaConnection& connection, Log& log) {
    auto conf = make_conf(
        connection,
        {.client_id = "numproof-admin",
         .ours = {},
         .defaults =
             {// A broker that stands still is not asked for long: another one may know.
              {"socket.timeout.ms", "3000"},
              {"api.version.request.timeout.ms", "3000"},
              {"reconnect.backoff.max.ms", "2000"},
              {"log.connection.close", "false"}}}
    );
    if (!conf) {
        return pass_on(conf);
    }
    std::unique_ptr<Asker> asker{new Asker{connection, log}};
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf), asker->events_);
    if (!client) {
        return pass_on(client);
    }
    asker->client_ = std::move(*client);
    return asker;
}

}  // namespace numproof::kafka
