// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/audit_pipeline.h"

#include <filesystem>
#include <utility>

#include "daemon/app/options_of.h"

namespace numproof {
namespace {

// What is not delivered by then waits in the spool for the next way to the topic.
constexpr Milliseconds kLastDeliveries{2'000};

}  // namespace

AuditPipeline::AuditPipeline(const Foundation& foundation) : foundation_(foundation) {}

Result<std::unique_ptr<KafkaAuditSink>> AuditPipeline::make_sink(
    const Foundation& foundation, const std::shared_ptr<const Edition>& edition
) {
    return KafkaAuditSink::make(
        {.connection = kafka_connection_of(foundation, edition),
         .topic = edition->settings.audit.topic},
        {.clock = foundation.clock, .log = *foundation.log}
    );
}

SpoolParts AuditPipeline::parts() {
    return {
        .crypto = foundation_.crypto,
        .clock = foundation_.clock,
        .log = *foundation_.log,
        .files = *files_,
        .key = foundation_.edition->audit.front()};
}

void AuditPipeline::make_shipper() {
    shipper_ = std::make_unique<Shipper>(*spool_, *sink_, parts(), ShipperSettings{});
}

void AuditPipeline::adopt(const Edition& edition) {
    spool_->adopt(
        {.key = edition.audit.front(), .bytes_max = edition.settings.audit.spool_bytes_max}
    );
}

void AuditPipeline::stop_shipping() {
    shipper_->stop(Deadline::after(foundation_.clock.mono_now(), kLastDeliveries));
}

AuditPipeline::Former AuditPipeline::ship_by(std::unique_ptr<KafkaAuditSink> sink) {
    Former former{.sink = std::exchange(sink_, std::move(sink)), .shipper = std::move(shipper_)};
    make_shipper();
    shipper_->start();
    return former;
}

Result<std::unique_ptr<AuditPipeline>> AuditPipeline::open(const Foundation& foundation) {
    const auto& settings = foundation.edition->settings;
    std::error_code made;
    std::filesystem::create_directories(settings.audit.spool_dir, made);
    if (made) {
        return fail(
            ErrorCode::invalid_configuration,
            "audit.spool_dir " + settings.audit.spool_dir + ": " + made.message()
        );
    }
    auto sink = make_sink(foundation, foundation.edition);
    if (!sink) {
        return pass_on(sink);
    }
    std::unique_ptr<AuditPipeline> pipeline{new AuditPipeline{foundation}};
    pipeline->sink_ = std::move(*sink);
    pipeline->files_ = std::make_unique<PosixSpoolFiles>(settings.audit.spool_dir);
    SpoolSettings options;
    options.node = settings.node.name;
    options.limits.bytes_max = settings.audit.spool_bytes_max;
    auto spool = Spool::open(pipeline->parts(), options);
    if (!spool) {
        return pass_on(spool);
    }
    pipeline->spool_ = std::move(*spool);
    pipeline->make_shipper();
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
