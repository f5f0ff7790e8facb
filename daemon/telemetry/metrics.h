// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace numproof {

/// A number that only grows. Thread-safe.
class Counter {
public:
    void add(std::uint64_t count = 1) noexcept {
        value_.fetch_add(count, std::memory_order_relaxed);
    }

    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down. Thread-safe.
class Gauge {
public:
    void set(double value) noexcept { value_.store(value, std::memory_order_relaxed); }

    [[nodiscard]] double value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

/// How long things took. Thread-safe.
class LatencyHistogram {
public:
    /// Upper bounds in microseconds; the last bucket has none.
    static constexpr std::array<std::uint64_t, 12> kBoundsUs{
        100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 2000000};

    void observe_us(std::uint64_t us) noexcept {
        std::size_t bucket = 0;
        while (bucket < kBoundsUs.size() && us > kBoundsUs[bucket]) {
            ++bucket;
        }
        buckets_[bucket].add();
        sum_us_.add(us);
    }

    [[nodiscard]] std::uint64_t bucket(std::size_t i) const noexcept { return buckets_[i].value(); }

    [[nodiscard]] std::uint64_t sum_us() const noexcept { return sum_us_.value(); }

private:
    std::array<Counter, kBoundsUs.size() + 1> buckets_;
    Counter sum_us_;
};

/// One time series as it is exported.
struct Sample {
    enum class Kind : std::uint8_t { counter, gauge, histogram };

    Kind kind = Kind::counter;
    std::string name;  ///< `numproof_<what>_<unit>_total`
    std::string help;
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;
    const LatencyHistogram* histogram = nullptr;
};

/// Port: gives the samples of one part of the program at the moment of a scrape. Thread-safe.
class MetricSource {
public:
    MetricSource() = default;
    MetricSource(const MetricSource&) = delete;
    MetricSource& operator=(const MetricSource&) = delete;
    virtual ~MetricSource() = default;

    /// Appends its samples to `samples`.
    virtual void collect(std::vector<Sample>& samples) const = 0;
};

}  // namespace numproof
