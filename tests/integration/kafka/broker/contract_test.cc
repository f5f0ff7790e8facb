// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/session_feed_contract.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Feeds,
    SessionFeedContract,
    testing::Values(FeedHostMaker{
        .name = "RealBroker", .make = [] { return std::make_unique<RealFeedHost>(); }}),
    host_name
);

}  // namespace
}  // namespace numproof
