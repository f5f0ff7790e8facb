// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "adapters/spool/segment_format.h"
#include "daemon/base/check.h"

namespace {

using numproof::segment::Scan;

/// What is found lies in order within the file, and reading in small steps finds the same records.
void check(const Scan& found, std::string_view file, std::size_t begin) {
    std::size_t at = begin;
    for (const auto& placed : found.records) {
        NP_CHECK(placed.end > at && placed.end <= file.size());
        at = placed.end;
    }
    NP_CHECK(found.good_end == at);
    for (const auto& damage : found.damage) {
        NP_CHECK(damage.begin < damage.end && damage.end < found.good_end);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file{reinterpret_cast<const char*>(data), size};
    const auto header = numproof::segment::parse_header(file);
    const std::size_t begin = header ? header->size : 0;
    NP_CHECK(begin <= file.size());
    const auto all = numproof::segment::scan(file, begin, std::numeric_limits<std::size_t>::max());
    check(all, file, begin);
    const auto first = numproof::segment::scan(file, begin, 1);
    NP_CHECK(first.records.size() == (all.records.empty() ? 0U : 1U));
    for (const auto& placed : all.records) {
        numproof::Bytes again;
        NP_CHECK(numproof::segment::append_record(again, placed.record).has_value());
    }
    return 0;
}
