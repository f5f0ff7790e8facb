// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/process_cost.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <time.h>
#include <unistd.h>

namespace numproof::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

std::string folder_of(int pid) {
    return "/proc/" + std::to_string(pid);
}

std::optional<std::string> text_of(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
        return std::nullopt;
    }
    return text.str();
}

tl::unexpected<Error> gone(int pid) {
    return fail(ErrorCode::invalid_value, "there is no process " + std::to_string(pid));
}

// proc(5): the first number is the time on a processor.
std::optional<nanoseconds> by_schedstat(int pid) {
    nanoseconds sum{};
    std::error_code error;
    for (const auto& thread : fs::directory_iterator{folder_of(pid) + "/task", error}) {
        const auto text = text_of(thread.path() / "schedstat");
        if (!text) {
            continue;  // The thread has ended meanwhile.
        }
        sum += nanoseconds{std::strtoll(text->c_str(), nullptr, 10)};
    }
    return sum.count() > 0 ? std::optional{sum} : std::nullopt;
}

// proc(5): utime and stime are the 14th and 15th word; the second may have blanks and brackets.
std::optional<nanoseconds> by_stat(int pid) {
    constexpr int kWordsBefore = 11;
    const auto text = text_of(folder_of(pid) + "/stat");
    if (!text || text->rfind(')') == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream words{text->substr(text->rfind(')') + 1)};
    std::string skipped;
    for (int i = 0; i < kWordsBefore; ++i) {
        words >> skipped;
    }
    std::int64_t user = 0;
    std::int64_t system = 0;
    words >> user >> system;
    return words ? std::optional{nanoseconds{
                       (user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK))}}
                 : std::nullopt;
}

std::optional<std::uint64_t> resident_bytes_of(int pid) {
    const auto text = text_of(folder_of(pid) + "/status");
    constexpr std::string_view kField = "VmRSS:";
    const auto at = text ? text->find(kField) : std::string::npos;
    if (at == std::string::npos) {
        return std::nullopt;
    }
    return std::strtoull(text->c_str() + at + kField.size(), nullptr, 10) * 1024;
}

}  // namespace

Result<nanoseconds> processor_time_of(const std::vector<int>& pids) {
    nanoseconds sum{};
    for (const int pid : pids) {
        auto used = by_schedstat(pid);
        if (!used) {
            used = by_stat(pid);
        }
        if (!used) {
            return gone(pid);
        }
        sum += *used;
    }
    return sum;
}

Result<std::uint64_t> resident_bytes_of(const std::vector<int>& pids) {
    std::uint64_t sum = 0;
    for (const int pid : pids) {
        const auto bytes = resident_bytes_of(pid);
        if (!bytes) {
            return gone(pid);
        }
        sum += *bytes;
    }
    return sum;
}

nanoseconds own_processor_time() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds{used.tv_sec} + nanoseconds{used.tv_nsec};
}

Result<ProcessCost> ProcessCost::begin(std::vector<int> pids) {
    ProcessCost cost;
    cost.pids_ = std::move(pids);
    auto before = processor_time_of(cost.pids_);
    if (!before) {
        return pass_on(before);
    }
    cost.before_ = *before;
    return cost;
}

Result<void> ProcessCost::end() {
    if (pids_.empty()) {
        return {};
    }
    auto after = processor_time_of(pids_);
    if (!after) {
        return pass_on(after);
    }
    auto resident = bench::resident_bytes_of(pids_);
    if (!resident) {
        return pass_on(resident);
    }
    used_ = *after - before_;
    resident_ = *resident;
    return {};
}

std::optional<double> ProcessCost::us_for_each(std::uint64_t answers) const {
    if (pids_.empty() || answers == 0) {
        return std::nullopt;
    }
    return static_cast<double>(used_.count()) / 1000.0 / static_cast<double>(answers);
}

}  // namespace numproof::bench
