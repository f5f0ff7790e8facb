// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/front_metrics.h"

#include <string_view>
#include <utility>

namespace numproof {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 10> kReasons{
    "malformed",
    "timeout",
    "length_required",
    "body_too_large",
    "uri_too_long",
    "expectation_failed",
    "misdirected",
    "head_too_large",
    "overloaded",
    "version_not_supported"};

constexpr std::array<std::string_view, kHandshakeFailures> kHandshakeReasons{
    "plaintext", "timeout", "cut", "certificate", "protocol"};

Sample counter(std::string name, std::string help, Labels labels, const Counter& counted) {
    Sample sample;
    sample.kind = Sample::Kind::counter;
    sample.name = std::move(name);
    sample.help = std::move(help);
    sample.labels = std::move(labels);
    sample.value = static_cast<double>(counted.value());
    return sample;
}

}  // namespace

void FrontMetrics::collect(std::vector<Sample>& samples) const {
    const Labels own{{"listener", listener_}};
    const auto add = [&](std::string_view what, std::string help, const Counter& counted) {
        auto name = "numproof_http_" + std::string{what} + "_total";
        samples.push_back(counter(std::move(name), std::move(help), own, counted));
    };
    add("connections_accepted", "Connections that were accepted.", accepted_);
    add("connections_closed", "Accepted connections that have ended.", closed_);
    add("connections_turned_away", "Connections closed at once, above a bound.", turned_away_);
    add("accept_failures", "Times that no descriptor was left to accept with.", accept_failed_);
    add("requests_abandoned", "Requests whose client left before the answer.", abandoned_);
    for (std::size_t i = 1; i < answered_.size(); ++i) {
        const Labels labels{{"listener", listener_}, {"class", std::to_string(i) + "xx"}};
        samples.push_back(counter(
            "numproof_http_answers_total",
            "Answers of handlers, by status class.",
            labels,
            answered_[i]
        ));
    }
    for (std::size_t i = 0; i < refused_.size(); ++i) {
        const Labels labels{{"listener", listener_}, {"reason", std::string{kReasons[i]}}};
        samples.push_back(counter(
            "numproof_http_refusals_total", "Requests that the gate refused.", labels, refused_[i]
        ));
    }
    for (std::size_t i = 0; i < handshakes_failed_.size(); ++i) {
        samples.push_back(counter(
            "numproof_http_tls_handshakes_failed_total",
            "Connections to TLS listeners that ended before a request could be sent.",
            {{"listener", listener_}, {"reason", std::string{kHandshakeReasons[i]}}},
            handshakes_failed_[i]
        ));
    }
}

}  // namespace numproof
