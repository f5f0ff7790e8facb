// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/audit_pipeline.h"

#include <filesystem>

#include "daemon/app/options_of.h"

namespace numproof {

Result<std::unique_ptr<AuditPipeline>> AuditPipeline::open(Foundation& foundation) {
    const auto& settings = foundation.settings();
    std::error_code made;
    std::filesystem::create_directories(settings.audit.spool_dir, made);
    if (made) {
        return fail(
            ErrorCode::invalid_configuration,
            "audit.spool_dir " + settings.audit.spool_dir + ": " + made.message()
        );
    }
    auto sink = KafkaAuditSink::make(
        {.connection = kafka_connection_of(foundation), .topic = settings.audit.topic},
        {.clock = foundation.clock, .log = *foundation.log}
    );
    if (!sink) {
        return pass_on(sink);
    }
    std::unique_ptr<AuditPipeline> pipeline{new AuditPipeline};
    pipeline->sink_ = std::move(*sink);
    pipeline->files_ = std::make_unique<PosixSpoolFiles>(settings.audit.spool_dir);
    const SpoolParts parts{
        .crypto = foundation.crypto,
        .clock = foundation.clock,
        .log = *foundation.log,
        .files = *pipeline->files_,
        .key = foundation.keys.audit.front()};
    SpoolSettings options;
    options.node = settings.node.name;
    options.limits.bytes_max = settings.audit.spool_bytes_max;
    auto spool = Spool::open(parts, options);
    if (!spool) {
        return pass_on(spool);
    }
    pipeline->spool_ = std::move(*spool);
    pipeline->shipper_ =
        std::make_unique<Shipper>(*pipeline->spool_, *pipeline->sink_, parts, ShipperSettings{});
    return pipeline;
}

void AuditPipeline::start() {
    spool_->start();
    shipper_->start();
}

void AuditPipeline::stop(Deadline deadline) {
    spool_->stop();
    shipper_->stop(deadline);
}

}  // namespace numproof
