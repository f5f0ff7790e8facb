// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/json_writer.h"

#include <gtest/gtest.h>

#include "daemon/base/utc_text.h"

namespace numproof {
namespace {

TEST(JsonWriter, PutsCommasBetweenValuesAndNowhereElse) {
    JsonWriter json;

    json.begin_object().key("a").number(-1).key("b").begin_array().text("x").null();
    json.begin_object().end_object().boolean(true).end_array();
    json.key("c").text_or_null("").key("d").text_or_null("y").key("e").raw("[1]").end_object();

    EXPECT_EQ(json.take(), R"({"a":-1,"b":["x",null,{},true],"c":null,"d":"y","e":[1]})");
}

TEST(JsonWriter, StartsAnewAfterItsTextWasTaken) {
    JsonWriter json;
    json.begin_array().number(1).end_array();
    const auto first = json.take();

    json.begin_array().number(2).end_array();

    EXPECT_EQ(first, "[1]");
    EXPECT_EQ(json.take(), "[2]");
}

TEST(JsonWriter, EscapesEverythingThatWouldBreakAString) {
    using namespace std::string_literals;
    const std::pair<std::string, std::string> cases[] = {
        {"plain", R"("plain")"},
        {"q\"b\\s/", R"("q\"b\\s/")"},
        {"\n\r\t\x01\x1f", R"("\n\r\t\u0001\u001f")"},
        {"a\0b"s, R"("a\u0000b")"},
        {"\x7f", "\"\x7f\""},
        {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\xB1", "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\xB1\""},
    };
    for (const auto& [value, expected] : cases) {
        std::string out;
        append_json_string(out, value);
        EXPECT_EQ(out, expected);
    }
}

TEST(JsonWriter, MendsTextThatIsNotUtf8) {
    const std::string bad = "\xEF\xBF\xBD";
    const std::pair<std::string, std::string> cases[] = {
        {"a\x80z", "a" + bad + "z"},
        {"\xC0\xAF", bad + bad},
        {"\xED\xA0\x80", bad + bad + bad},
        {"\xF5\x80", bad + bad},
        {"\xE2\x82", bad + bad},
        {"\xE0\x80\x80", bad + bad + bad},
        {"\xF4\x90\x80\x80", bad + bad + bad + bad},
    };
    for (const auto& [value, expected] : cases) {
        std::string out;
        append_json_string(out, value);
        EXPECT_EQ(out, "\"" + expected + "\"");
    }
}

TEST(UtcText, WritesRfc3339WithMilliseconds) {
    EXPECT_EQ(to_rfc3339(wall_from_ms(1795341600120)), "2026-11-22T10:00:00.120Z");
    EXPECT_EQ(to_rfc3339(wall_from_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339(wall_from_ms(951782400007)), "2000-02-29T00:00:00.007Z");
}

}  // namespace
}  // namespace numproof
