// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/verify_command.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <simdjson.h>

#include "daemon/domain/msisdn.h"

namespace numproof {
namespace {

using simdjson::dom::element;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kNumberField = "phoneNumber";
constexpr std::string_view kDigestField = "hashedPhoneNumber";

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

OrProblem<AskedNumber> read_digest(std::string_view text) {
    AskedNumber asked{.form = AskedNumber::Form::digest, .digest = {}};
    const auto octets = parse_hex(text);
    if (!octets || octets->size() != asked.digest.size()) {
        return tl::unexpected(Problem::bad_field);
    }
    std::copy(octets->begin(), octets->end(), asked.digest.begin());
    return asked;
}

/// The two fields that the contract has, if they are there.
struct Fields {
    std::optional<element> number;
    std::optional<element> digest;
};

bool repeats_a_key(const simdjson::dom::object& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const auto field : object) {
        keys.push_back(field.key);
    }
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) != keys.end();
}

OrProblem<Fields> fields_of(const simdjson::dom::object& object) {
    Fields fields;
    if (repeats_a_key(object)) {
        return tl::unexpected(Problem::unreadable_body);
    }
    for (const auto field : object) {
        if (field.key == kNumberField) {
            fields.number = field.value;
        } else if (field.key == kDigestField) {
            fields.digest = field.value;
        } else {
            return tl::unexpected(Problem::unknown_field);
        }
    }
    if (fields.number && fields.digest) {
        return tl::unexpected(Problem::both_fields);
    }
    if (!fields.number && !fields.digest) {
        return tl::unexpected(Problem::missing_field);
    }
    return fields;
}

}  // namespace

struct VerifyCommandReader::Parser {
    simdjson::dom::parser json;
};

VerifyCommandReader::VerifyCommandReader(const Crypto& crypto)
    : crypto_(crypto), parser_(std::make_unique<Parser>()) {}

VerifyCommandReader::~VerifyCommandReader() = default;

OrProblem<AskedNumber> VerifyCommandReader::read(
    const http::Request& request, Client::PlusSign plus
) {
    const auto type = request.field("content-type");
    const bool declared_well =
        type && request.count("content-type") == 1 && is_json_media_type(*type);
    const bool nothing_to_declare = !type && request.body.empty();
    if (!declared_well && !nothing_to_declare) {
        return tl::unexpected(Problem::media_type);
    }
    return read_body(request.body, plus);
}

OrProblem<AskedNumber> VerifyCommandReader::read_body(
    std::string_view body, Client::PlusSign plus
) {
    if (body.empty()) {
        return tl::unexpected(Problem::missing_body);
    }
    simdjson::dom::object object;
    if (body.starts_with(kByteOrderMark) ||
        parser_->json.parse(body.data(), body.size()).get(object) != simdjson::SUCCESS) {
        return tl::unexpected(Problem::unreadable_body);
    }
    const auto fields = fields_of(object);
    if (!fields) {
        return tl::unexpected(fields.error());
    }
    std::string_view text;
    const element& value = fields->number ? *fields->number : *fields->digest;
    if (value.get(text) != simdjson::SUCCESS) {
        return tl::unexpected(Problem::bad_field);
    }
    return fields->number ? read_number(text, plus) : read_digest(text);
}

OrProblem<AskedNumber> VerifyCommandReader::read_number(
    std::string_view text, Client::PlusSign plus
) {
    const auto number = plus == Client::PlusSign::optional ? Msisdn::parse_plus_optional(text)
                                                           : Msisdn::parse(text);
    if (!number) {
        return tl::unexpected(Problem::bad_field);
    }
    return AskedNumber{
        .form = AskedNumber::Form::number, .digest = crypto_.sha256(number->reveal())};
}

bool is_json_media_type(std::string_view value) {
    const auto semicolon = std::min(value.find(';'), value.size());
    if (!http::equal_ignoring_case(trimmed(value.substr(0, semicolon)), "application/json")) {
        return false;
    }
    if (semicolon == value.size()) {
        return true;
    }
    const std::string_view parameter = trimmed(value.substr(semicolon + 1));
    return http::equal_ignoring_case(parameter, "charset=utf-8") ||
           http::equal_ignoring_case(parameter, R"(charset="utf-8")");
}

}  // namespace numproof
