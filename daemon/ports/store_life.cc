// SPDX-License-Identifier: Apache-2.0
#include "daemon/ports/store_life.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace numproof {
namespace {

constexpr std::string_view kSpread = "spread,";  // No run id begins like that.
constexpr std::size_t kFields = 4;

constexpr char kThrownAway = '~';

/// What a store of one piece says to have thrown away: `~` and how much; empty: nothing.
std::string_view thrown_away(std::string_view name) {
    const auto mark = name.find(kThrownAway);
    return mark == std::string_view::npos ? std::string_view{} : name.substr(mark);
}

std::string text_of(const StoreMember& member) {
    return member.node + "/" + member.data + "/" + member.followed + "/" + member.life;
}

std::string_view take_word(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

struct Member {
    std::array<std::string_view, kFields> fields;

    [[nodiscard]] std::string_view node() const { return fields[0]; }

    [[nodiscard]] std::string_view data() const { return fields[1]; }

    [[nodiscard]] std::string_view followed() const { return fields[2]; }

    [[nodiscard]] std::string_view life() const { return fields[3]; }
};

std::vector<Member> members_of(std::string_view name) {
    name.remove_prefix(kSpread.size());
    std::vector<Member> members;
    while (!name.empty()) {
        Member member;
        auto rest = take_word(name, ',');
        for (auto& field : member.fields) {
            field = take_word(rest, '/');
        }
        members.push_back(member);
    }
    return members;
}

// The stream of a server that lives on gets another name when its first replica comes.
bool lives_on(const Member& later, const Member& earlier) {
    return later.node() == earlier.node() && later.life() == earlier.life();
}

bool succeeds(const Member& later, const Member& earlier) {
    return later.node() != earlier.node() && !later.followed().empty() &&
           later.followed() == earlier.data();
}

}  // namespace

std::string name_of_life(std::vector<StoreMember> members) {
    std::vector<std::string> texts;
    texts.reserve(members.size());
    std::ranges::transform(members, std::back_inserter(texts), text_of);
    std::ranges::sort(texts);
    std::string name{kSpread};
    for (const auto& text : texts) {
        name += name.size() == kSpread.size() ? "" : ",";
        name += text;
    }
    return name;
}

bool is_spread(std::string_view life) {
    return life.starts_with(kSpread);
}

bool continues(std::string_view before, std::string_view now) {
    if (is_spread(before) != is_spread(now)) {
        return false;
    }
    if (!is_spread(now)) {
        return thrown_away(now).empty() || thrown_away(now) == thrown_away(before);
    }
    const auto earlier = members_of(before);
    const auto later = members_of(now);
    return std::ranges::all_of(earlier, [&](const Member& member) {
        return std::ranges::any_of(later, [&](const Member& candidate) {
            return lives_on(candidate, member) || succeeds(candidate, member);
        });
    });
}

}  // namespace numproof
