// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "daemon/app/ctl/feed_table.h"
#include "daemon/app/ctl/printable.h"
#include "daemon/app/ctl/table.h"

namespace numproof::ctl {
namespace {

bool has_controls(const std::string& text) {
    return std::ranges::any_of(text, [](char c) {
        return (c < ' ' && c >= 0 && c != '\n') || c == '\x7f';
    });
}

TEST(Terminal, ControlCharactersOfOthersBecomeQuestionMarksAndLettersStay) {
    EXPECT_EQ(printable("node-1"), "node-1");
    EXPECT_EQ(printable("m\xC3\xBCnchen \xE2\x82\xAC"), "m\xC3\xBCnchen \xE2\x82\xAC");
    EXPECT_EQ(printable("\x1b]0;title\x07 \x1b[31m"), "?]0;title? ?[31m");
    EXPECT_EQ(printable(std::string_view{"a\0b\r\nc\x7f", 7}), "a?b??c?");
    EXPECT_EQ(
        printable("a\xC2\x9B"
                  "31mb\xC2\xA0"
                  "c"),
        "a?31mb\xC2\xA0"
        "c"
    ) << "C1: CSI";
    EXPECT_EQ(printable("\xC2"), "\xC2");
    EXPECT_EQ(printable_lines("a\nb\x1b"), "a\nb?");
}

// The reader's name stands in the store, for whoever may write there.
TEST(Terminal, TheFeedsTableSaysNothingToTheTerminal) {
    const std::string report =
        R"({"standing":"us\u001b[2Jable","partitions":[{"topic":"t\u001b[1m","partition":0,)"
        R"("dialect":"na\u0007tive","freshness":"heart\u007fbeat","reader":"evil\u001b]0;x\u0007",)"
        R"("next_offset":5,"lag_records":0,"waits_for":"clo\u001bck"}]})";

    const auto table = feed_table(report, Colour::none, 10);
    const auto line = feed_line(report);

    EXPECT_NE(table.find("evil?]0;x?"), std::string::npos) << table;
    EXPECT_FALSE(has_controls(table)) << table;
    EXPECT_NE(line.find("t?[1m/0 waits: clo?ck"), std::string::npos) << line;
    EXPECT_FALSE(has_controls(line)) << line;
    EXPECT_NE(
        feed_table(R"({"standing":"usable","partitions":[]})", Colour::some, 0).find("\x1b[32m"),
        std::string::npos
    ) << "our own colours stay";
}

TEST(Terminal, NorDoesAnyOtherTable) {
    const auto table =
        as_table(R"({"na\u001bme":"va\u001b[31mlue","list":["a\u0007","b"],"text":"x\ny"})");

    EXPECT_EQ(table, "na?me: va?[31mlue\nlist: a?, b\ntext:\nx\ny\n");
}

TEST(Terminal, AListOfObjectsIsATable) {
    const auto table =
        as_table(R"([{"id":"a","name":"M\u00fcnchen","uris":["x","y"]},)"
                 R"({"id":"long-id","name":"b\nc\u001b[2J","until":null,"uris":[]}])");

    EXPECT_EQ(
        table,
        "ID       NAME     URIS  UNTIL\n"
        "a        M\xC3\xBCnchen  x, y  -\n"
        "long-id  b c?[2J  -     -\n"
    );
    EXPECT_EQ(as_table("[]"), "-\n");
    EXPECT_EQ(
        as_table(R"({"mark":"x","keys":[{"id":"k","current":true}]})"),
        "mark: x\n\nkeys:\nID  CURRENT\nk   true\n"
    );
}

}  // namespace
}  // namespace numproof::ctl
