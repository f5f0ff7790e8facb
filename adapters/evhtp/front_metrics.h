// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "adapters/evhtp/handshake_failure.h"
#include "daemon/http/message.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What the HTTP front counts; one for all workers of a listener. Thread-safe.
class FrontMetrics final : public MetricSource {
public:
    /// `listener` is the label of all its samples: `public`, `admin`.
    explicit FrontMetrics(std::string listener) : listener_(std::move(listener)) {}

    void accepted() noexcept { accepted_.add(); }

    void closed() noexcept { closed_.add(); }

    /// A connection above a bound was closed at once.
    void turned_away() noexcept { turned_away_.add(); }

    /// The system had no descriptor left for a connection.
    void accept_failed() noexcept { accept_failed_.add(); }

    /// A handler's answer went out.
    void answered(int status) noexcept {
        answered_[static_cast<std::size_t>(status / 100) % answered_.size()].add();
    }

    /// The gate refused a request itself.
    void refused(http::Refusal refusal) noexcept {
        refused_[static_cast<std::size_t>(refusal)].add();
    }

    /// A connection ended before its TLS was there.
    void handshake_failed(HandshakeFailure failure) noexcept {
        handshakes_failed_[static_cast<std::size_t>(failure)].add();
    }

    /// The client was gone before its answer was there.
    void abandoned() noexcept { abandoned_.add(); }

    void collect(std::vector<Sample>& samples) const override;

private:
    std::string listener_;
    Counter accepted_;
    Counter closed_;
    Counter turned_away_;
    Counter accept_failed_;
    Counter abandoned_;
    std::array<Counter, 6> answered_;
    std::array<Counter, 10> refused_;
    std::array<Counter, kHandshakeFailures> handshakes_failed_;
};

}  // namespace numproof
