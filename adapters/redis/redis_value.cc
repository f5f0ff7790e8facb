// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

constexpr std::size_t kRevisionSize = 8;
constexpr std::size_t kTimeDigits = 13;
constexpr std::int64_t kTimeMax = 9'999'999'999'999;

constexpr std::array<std::pair<char, GrantState>, 3> kStates{
    {{'f', GrantState::fresh}, {'u', GrantState::used}, {'r', GrantState::revoked}}};

constexpr std::array<std::pair<char, AuthMethod>, 3> kMethods{
    {{'n', AuthMethod::network}, {'s', AuthMethod::sim}, {'o', AuthMethod::other}}};

template <typename Table, typename Value>
char letter_of(const Table& table, Value value) {
    for (const auto& [letter, meaning] : table) {
        if (meaning == value) {
            return letter;
        }
    }
    NP_CHECK(false && "every value has a letter");
    return '\0';
}

/// Reads blank-separated words off the front of a line; once one is wrong, all are.
class WordReader {
public:
    explicit WordReader(std::string_view line) noexcept : rest_(line) {}

    [[nodiscard]] std::string_view word() {
        const auto end = rest_.find(' ');
        const auto taken = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        good_ = good_ && !taken.empty();
        return taken;
    }

    template <typename Number>
    [[nodiscard]] Number number() {
        const auto text = word();
        Number value{};
        const char* const end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, value);
        good_ = good_ && read.ec == std::errc{} && read.ptr == end;
        return value;
    }

    [[nodiscard]] WallTime time() {
        require(rest_.find(' ') == kTimeDigits && !rest_.starts_with('-'));
        return wall_from_ms(number<std::int64_t>());
    }

    [[nodiscard]] ScopeSet scopes() {
        const auto bits = number<std::uint8_t>();
        const ScopeSet set{bits};
        require(set.bits() == bits);
        return set;
    }

    [[nodiscard]] SubscriberId subscriber() {
        const auto text = word();
        const auto id =
            SubscriberId::parse_text(text.substr(std::min<std::size_t>(1, text.size())));
        require(id && text.front() == store_keys::part_of(*id));
        return id.value_or(SubscriberId{});
    }

    /// What the last letter of `text` means.
    template <typename Table>
    [[nodiscard]] auto meaning(const Table& table, std::string_view text) {
        for (const auto& [letter, value] : table) {
            if (!text.empty() && text.back() == letter) {
                return value;
            }
        }
        good_ = false;
        return table.front().second;
    }

    void require(bool condition) noexcept { good_ = good_ && condition; }

    [[nodiscard]] bool good_at_end() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::optional<GrantHeader> parse_header(std::string_view line) {
    WordReader words{line};
    GrantHeader header;
    const auto first = words.word();
    words.require(first.size() == 2 && first.front() == '1');
    header.state = words.meaning(kStates, first);
    header.issued_at = words.time();
    header.not_after = words.time();
    header.scopes = words.scopes();
    const auto method = words.word();
    words.require(method.size() == 1);
    header.method = words.meaning(kMethods, method);
    const auto subscriber = words.subscriber();
    header.epoch = words.number<BindingEpoch>();
    static_cast<void>(words.number<std::uint64_t>());
    static_cast<void>(words.word());
    if (!words.good_at_end()) {
        return std::nullopt;
    }
    header.subscriber = subscriber;
    return header;
}

void add_time(Bytes& line, WallTime time) {
    const auto digits = std::to_string(std::clamp<std::int64_t>(epoch_ms(time), 0, kTimeMax));
    line.append(kTimeDigits - digits.size(), '0');
    line += digits;
    line += ' ';
}

}  // namespace

Bytes to_stored(const Record& record) {
    NP_CHECK(record.revision.size() == kRevisionSize);
    return record.revision + record.value;
}

Result<Record> parse_record(std::string_view stored) {
    if (stored.size() < kRevisionSize) {
        return fail(ErrorCode::malformed, "stored record in an unknown form");
    }
    return Record{
        .revision = Bytes{stored.substr(0, kRevisionSize)},
        .value = Bytes{stored.substr(kRevisionSize)}};
}

Bytes to_stored(const StoredGrant& grant, Milliseconds remember) {
    const auto& header = grant.header;
    Bytes stored{'1', letter_of(kStates, header.state), ' '};
    add_time(stored, header.issued_at);
    add_time(stored, header.not_after);
    stored += std::to_string(header.scopes.bits()) + ' ';
    stored += letter_of(kMethods, header.method);
    stored += ' ';
    stored += store_keys::part_of(header.subscriber);
    stored += header.subscriber.to_text() + ' ';
    stored += std::to_string(header.epoch) + ' ';
    stored += std::to_string(std::max<std::int64_t>(0, remember.count())) + " -\n";
    return stored + grant.sealed;
}

Result<StoredGrant> parse_grant(Bytes stored) {
    const auto end = stored.find('\n');
    auto header =
        end == Bytes::npos ? std::nullopt : parse_header(std::string_view{stored}.substr(0, end));
    if (!header) {
        return fail(ErrorCode::malformed, "stored grant in an unknown form");
    }
    stored.erase(0, end + 1);
    return StoredGrant{.header = std::move(*header), .sealed = std::move(stored)};
}

}  // namespace numproof
