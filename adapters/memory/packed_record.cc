// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/packed_record.h"

#include <cstring>
#include <limits>

#include "daemon/base/check.h"

namespace numproof {
namespace {

char* append(char* to, std::string_view octets) {
    std::memcpy(to, octets.data(), octets.size());
    return to + octets.size();
}

}  // namespace

PackedRecord::PackedRecord(std::string_view key, const Record& record, MonoTime expires) {
    NP_CHECK(record.revision.size() == kRevisionSize);
    NP_CHECK(key.size() <= std::numeric_limits<std::uint16_t>::max());
    NP_CHECK(record.value.size() <= std::numeric_limits<std::uint32_t>::max());
    const Head made{
        .expires = expires,
        .value_size = static_cast<std::uint32_t>(record.value.size()),
        .key_size = static_cast<std::uint16_t>(key.size())};
    const auto size = sizeof made + kRevisionSize + key.size() + record.value.size();

    block_ = std::make_unique_for_overwrite<char[]>(size);
    std::memcpy(block_.get(), &made, sizeof made);
    append(append(append(block_.get() + sizeof made, record.revision), key), record.value);
}

std::string_view PackedRecord::key() const noexcept {
    return {body() + kRevisionSize, head().key_size};
}

MonoTime PackedRecord::expires() const noexcept {
    return head().expires;
}

std::string_view PackedRecord::revision() const noexcept {
    return {body(), kRevisionSize};
}

std::string_view PackedRecord::value() const noexcept {
    const auto at = head();
    return {body() + kRevisionSize + at.key_size, at.value_size};
}

Record PackedRecord::to_record() const {
    return {.revision = Bytes{revision()}, .value = Bytes{value()}};
}

PackedRecord::Head PackedRecord::head() const noexcept {
    Head read;
    std::memcpy(&read, block_.get(), sizeof read);
    return read;
}

const char* PackedRecord::body() const noexcept {
    return block_.get() + sizeof(Head);
}

}  // namespace numproof
