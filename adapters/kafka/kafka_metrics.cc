// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_metrics.h"

namespace numproof {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

Sample counted(const char* name, const char* help, const Counter& counter, Labels labels = {}) {
    return Sample{
        .kind = Sample::Kind::counter,
        .name = name,
        .help = help,
        .labels = std::move(labels),
        .value = static_cast<double>(counter.value()),
        .histogram = nullptr};
}

}  // namespace

void KafkaFeedMetrics::collect(std::vector<Sample>& samples) const {
    samples.push_back(counted(
        "numproof_feed_records_total", "Records that were read from the session topics.", records
    ));
    samples.push_back(counted(
        "numproof_feed_bytes_total", "Octets of the records that were read, key and value.", bytes
    ));
    samples.push_back(counted(
        "numproof_feed_rebalances_total",
        "Times that the consumer group was rebalanced.",
        rebalances
    ));
    samples.push_back(counted(
        "numproof_feed_offsets_gone_total",
        "Times that the broker no longer had the offset that we needed.",
        offsets_gone
    ));
    samples.push_back(counted(
        "numproof_feed_broker_losses_total", "Times that no broker could be reached.", broker_losses
    ));
    samples.push_back(counted(
        "numproof_feed_consumers_replaced_total",
        "Consumers that were replaced because the group had shut them out.",
        consumers_replaced
    ));
    samples.push_back(counted(
        "numproof_feed_refusals_total", "Feeds that the group will never take back.", refusals
    ));
    samples.push_back(Sample{
        .kind = Sample::Kind::gauge,
        .name = "numproof_feed_assigned_partitions",
        .help = "Partitions that this node reads.",
        .labels = {},
        .value = partitions.value(),
        .histogram = nullptr});
}

void KafkaProducerMetrics::collect(std::vector<Sample>& samples) const {
    const Labels labels{{"role", role_}};
    samples.push_back(counted(
        "numproof_kafka_delivered_records_total",
        "Records that all in-sync replicas acknowledged.",
        delivered,
        labels
    ));
    samples.push_back(counted(
        "numproof_kafka_failed_records_total",
        "Records whose delivery failed; they are sent again.",
        failed,
        labels
    ));
    samples.push_back(counted(
        "numproof_kafka_producer_rebuilds_total",
        "Times that the producer was replaced after a failure.",
        rebuilds,
        labels
    ));
}

}  // namespace numproof
