// SPDX-License-Identifier: Apache-2.0
#include "adapters/prometheus/render_metrics.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

class OneSample final : public MetricSource {
public:
    explicit OneSample(Sample sample) : sample_(std::move(sample)) {}

    void collect(std::vector<Sample>& samples) const override { samples.push_back(sample_); }

private:
    Sample sample_;
};

Sample counter(std::string result, double value) {
    return {
        .kind = Sample::Kind::counter,
        .name = "numproof_verify_results_total",
        .help = "Answers.",
        .labels = {{"result", std::move(result)}},
        .value = value};
}

TEST(RenderMetrics, PutsSamplesOfOneNameIntoOneFamily) {
    const OneSample match{counter("match", 3)};
    const OneSample other{
        {.kind = Sample::Kind::gauge,
         .name = "numproof_b",
         .help = "B.",
         .labels = {},
         .value = 1.5}};
    const OneSample mismatch{counter("mis\"match", 1)};

    EXPECT_EQ(
        render_metrics({&match, &other, &mismatch}),
        "# HELP numproof_b B.\n"
        "# TYPE numproof_b gauge\n"
        "numproof_b 1.5\n"
        "# HELP numproof_verify_results_total Answers.\n"
        "# TYPE numproof_verify_results_total counter\n"
        "numproof_verify_results_total{result=\"match\"} 3\n"
        "numproof_verify_results_total{result=\"mis\\\"match\"} 1\n"
    );
}

TEST(RenderMetrics, HistogramsAreCumulativeAndInSeconds) {
    LatencyHistogram observed;
    observed.observe_us(100);
    observed.observe_us(101);
    observed.observe_us(3'000'000);
    const OneSample sample{
        {.kind = Sample::Kind::histogram,
         .name = "numproof_x_seconds",
         .help = "X.",
         .labels = {},
         .histogram = &observed}};

    const auto text = render_metrics({&sample});

    for (const char* line :
         {"numproof_x_seconds_count 3\n",
          "numproof_x_seconds_sum 3.000201\n",
          "numproof_x_seconds_bucket{le=\"0.0001\"} 1\n",
          "numproof_x_seconds_bucket{le=\"0.00025\"} 2\n",
          "numproof_x_seconds_bucket{le=\"2\"} 2\n",
          "numproof_x_seconds_bucket{le=\"+Inf\"} 3\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
    }
}

TEST(RenderMetrics, NothingIsAnEmptyPage) {
    EXPECT_EQ(render_metrics({}), "");
}

}  // namespace
}  // namespace numproof
