// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/process_metrics.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace numproof {
namespace {

Sample sample(Sample::Kind kind, std::string name, std::string help, double value) {
    return {
        .kind = kind,
        .name = std::move(name),
        .help = std::move(help),
        .labels = {},
        .value = value};
}

double seconds(const timeval& time) noexcept {
    constexpr double kMicro = 1e-6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * kMicro;
}

void collect_cpu(std::vector<Sample>& samples) {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) == 0) {
        samples.push_back(sample(
            Sample::Kind::counter,
            "process_cpu_seconds_total",
            "Processor time of all threads, in the program and in the system.",
            seconds(used.ru_utime) + seconds(used.ru_stime)
        ));
    }
}

void collect_memory(std::vector<Sample>& samples) {
    std::ifstream statm{"/proc/self/statm"};
    std::uint64_t whole = 0;
    std::uint64_t resident = 0;
    if (!(statm >> whole >> resident)) {
        return;
    }
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    samples.push_back(sample(
        Sample::Kind::gauge,
        "process_virtual_memory_bytes",
        "Addresses that are mapped.",
        static_cast<double>(whole) * page
    ));
    samples.push_back(sample(
        Sample::Kind::gauge,
        "process_resident_memory_bytes",
        "Memory that is in use.",
        static_cast<double>(resident) * page
    ));
}

void collect_descriptors(std::vector<Sample>& samples) {
    std::error_code failed;
    std::filesystem::directory_iterator open{"/proc/self/fd", failed};
    std::uint64_t count = 0;
    while (!failed && open != std::filesystem::directory_iterator{}) {
        ++count;
        open.increment(failed);
    }
    if (!failed) {
        samples.push_back(sample(
            Sample::Kind::gauge,
            "process_open_fds",
            "Open descriptors: files and connections.",
            static_cast<double>(count - 1)  // Without the one that counts.
        ));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        samples.push_back(sample(
            Sample::Kind::gauge,
            "process_max_fds",
            "How many descriptors may be open.",
            static_cast<double>(limit.rlim_cur)
        ));
    }
}

}  // namespace

void ProcessMetrics::collect(std::vector<Sample>& samples) const {
    const std::chrono::duration<double> started = started_.time_since_epoch();
    samples.push_back(sample(
        Sample::Kind::gauge,
        "process_start_time_seconds",
        "When the program started, since 1970.",
        started.count()
    ));
    collect_cpu(samples);
    collect_memory(samples);
    collect_descriptors(samples);
}

}  // namespace numproof
