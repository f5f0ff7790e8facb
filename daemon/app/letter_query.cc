// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/letter_query.h"

#include <charconv>
#include <limits>

#include "daemon/auth/form.h"

namespace numproof {
namespace {

/// What one answer may hold.
constexpr std::int64_t kLimitMax = 1000;

struct Range {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

Result<std::optional<std::int64_t>> number_in(const Form& form, const char* name, Range range) {
    const auto text = form.find(name);
    if (!text) {
        return std::optional<std::int64_t>{};
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == text->data() + text->size();
    if (!whole || number < range.low || number > range.high) {
        return fail(ErrorCode::invalid_value, std::string{name} + " is out of its range");
    }
    return std::optional{number};
}

std::optional<std::string> text_of(const Form& form, const char* name) {
    const auto found = form.find(name);
    return found ? std::optional<std::string>{*found} : std::nullopt;
}

template <typename T>
bool matches(const std::optional<T>& wanted, const T& is) {
    return !wanted || *wanted == is;
}

}  // namespace

Result<LetterQuery> parse_letter_query(std::string_view text) {
    const auto form = Form::parse(text);
    if (!form) {
        return fail(ErrorCode::invalid_value, "the query cannot be read");
    }
    const auto partition =
        number_in(*form, "partition", {0, std::numeric_limits<std::int32_t>::max()});
    const auto offset = number_in(*form, "offset", {0, std::numeric_limits<std::int64_t>::max()});
    const auto limit = number_in(*form, "limit", {1, kLimitMax});
    for (const auto* number : {&partition, &offset, &limit}) {
        if (!*number) {
            return tl::unexpected(number->error());
        }
    }
    LetterQuery query;
    query.topic = text_of(*form, "topic");
    query.reason = text_of(*form, "reason");
    if (*partition) {
        query.partition = static_cast<std::int32_t>(**partition);
    }
    query.offset = *offset;
    query.limit = static_cast<std::size_t>(limit->value_or(static_cast<std::int64_t>(query.limit)));
    query.dry_run = form->find("dry_run").has_value();
    query.again = form->find("again").has_value();
    return query;
}

bool is_wanted(const LetterQuery& query, const KeptLetter& letter) {
    return matches(query.topic, letter.original.at.topic) && matches(query.reason, letter.reason) &&
           matches(query.partition, letter.original.at.partition) &&
           matches(query.offset, letter.original.offset);
}

}  // namespace numproof
