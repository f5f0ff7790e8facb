// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/key_file.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "adapters/yaml/file_reader.h"
#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr std::size_t kKeyOctets = 32;
constexpr std::size_t kKeysMax = 16;
constexpr FileLimits kPrivate{.bytes_max = 16384, .audience = FileAudience::owner_and_group};

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\r";
    const auto begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

tl::unexpected<Error> refuse(const std::string& name, const std::string& reason) {
    return fail(ErrorCode::invalid_configuration, name + ": " + reason);
}

tl::unexpected<Error> refuse_line(
    const std::string& name, std::size_t line, const std::string& reason
) {
    return fail(
        ErrorCode::invalid_configuration, name + ":" + std::to_string(line) + ":1: " + reason
    );
}

Result<SecretKey> parse_key(std::string_view line) {
    auto octets = parse_base64(line);
    if (!octets) {
        return fail(ErrorCode::malformed, "not base64");
    }
    if (octets->size() != kKeyOctets) {
        return fail(
            ErrorCode::malformed, "a key must have 32 octets, not " + std::to_string(octets->size())
        );
    }
    return SecretKey{*std::move(octets)};
}

bool is_key(std::string_view line) {
    const auto word = trimmed(line.substr(0, line.find('\n')));
    return !word.empty() && word.front() != '#';
}

/// Each with its end.
std::vector<std::string> lines_of(std::string_view content) {
    std::vector<std::string> lines;
    while (!content.empty()) {
        const auto end = content.find('\n');
        lines.push_back(std::string{content.substr(0, end)} + "\n");
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    }
    return lines;
}

std::string random_line(const Crypto& crypto) {
    return to_base64(crypto.random(kKeyOctets)) + "\n";
}

}  // namespace

Result<std::vector<SecretKey>> parse_keys(std::string_view content, const std::string& name) {
    std::vector<SecretKey> keys;
    std::size_t number = 0;
    while (!content.empty()) {
        ++number;
        const auto end = content.find('\n');
        const auto line = trimmed(content.substr(0, end));
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        if (line.empty() || line.front() == '#') {
            continue;
        }
        auto key = parse_key(line);
        if (!key) {
            return refuse_line(name, number, key.error().detail);
        }
        keys.push_back(*std::move(key));
    }
    if (keys.empty()) {
        return refuse(name, "there is no key in it; `numproofctl key new` makes one");
    }
    if (keys.size() > kKeysMax) {
        return refuse(name, "more than " + std::to_string(kKeysMax) + " keys");
    }
    return keys;
}

Result<std::vector<SecretKey>> read_key_file(const std::string& path) {
    auto content = read_file(path, kPrivate);
    if (!content) {
        return pass_on(content);
    }
    const FileSecret wiped{*std::move(content)};
    return parse_keys(wiped.reveal(), path);
}

Result<FileSecret> read_secret_file(const std::string& path) {
    auto content = read_file(path, kPrivate);
    if (!content) {
        return pass_on(content);
    }
    const FileSecret wiped{*std::move(content)};
    auto line = wiped.reveal();
    if (line.ends_with('\n')) {
        line.remove_suffix(1);
    }
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (line.empty() || line.find_first_of(std::string_view{"\n\r\0", 3}) != line.npos) {
        return refuse(path, "must have exactly one line: the secret");
    }
    return FileSecret{std::string{line}};
}

std::string make_key_file(const Crypto& crypto) {
    return "# Secret. 32 random octets in base64, one key a line; the first is current.\n" +
           random_line(crypto);
}

Result<std::string> step_keys(
    std::string_view content, const std::string& name, KeyStep step, const Crypto& crypto
) {
    auto keys = parse_keys(content, name);
    if (!keys) {
        return pass_on(keys);
    }
    if (step == KeyStep::add && keys->size() >= kKeysMax) {
        return fail(ErrorCode::invalid_value, name + ": it is full; retire old keys first");
    }
    if (step != KeyStep::add && keys->size() < 2) {
        return fail(ErrorCode::invalid_value, name + ": there is only one key; add one first");
    }
    auto lines = lines_of(content);
    const auto first = std::ranges::find_if(lines, is_key);
    const auto second = std::find_if(std::next(first), lines.end(), is_key);
    switch (step) {
        case KeyStep::add:
            lines.insert(std::next(first), random_line(crypto));
            break;
        case KeyStep::promote:
            std::iter_swap(first, second);
            break;
        case KeyStep::retire:
            lines.erase(std::remove_if(std::next(first), lines.end(), is_key), lines.end());
            break;
    }
    std::string text;
    for (const auto& line : lines) {
        text += line;
    }
    return text;
}

Result<void> step_key_file(const std::string& path, KeyStep step, const Crypto& crypto) {
    auto content = read_file(path, kPrivate);
    if (!content) {
        return pass_on(content);
    }
    const FileSecret before{*std::move(content)};
    auto stepped = step_keys(before.reveal(), path, step, crypto);
    if (!stepped) {
        return pass_on(stepped);
    }
    const FileSecret after{*std::move(stepped)};
    return replace_private_file(path, after.reveal());
}

}  // namespace numproof
