// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/audit_dump.h"

#include <gtest/gtest.h>

namespace numproof::ctl {
namespace {

constexpr std::string_view kLine =
    R"({"topic":"t","partition":3,"offset":9,"tstype":"create","ts":1,"broker":0,)"
    R"("headers":["ce_id","i","empty","","ce_type","t"],"key":"k","payload":"{\"a\":\"\u00e9\"}"})";

TEST(AuditDump, ReadsWhatKcatWrites) {
    const auto read = parse_dump_line(kLine);

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->partition, 3);
    EXPECT_EQ(read->offset, 9);
    EXPECT_EQ(read->record.key, "k");
    EXPECT_EQ(read->record.value, "{\"a\":\"\xC3\xA9\"}");
    const std::vector<std::pair<std::string, std::string>> headers{
        {"ce_id", "i"}, {"empty", ""}, {"ce_type", "t"}};
    EXPECT_EQ(read->record.headers, headers);
}

TEST(AuditDump, RefusesWhatIsNoRecord) {
    for (const std::string_view line :
         {"",
          "{}",
          "[]",
          "7",
          R"({"headers":[],"key":"k"})",
          R"({"headers":["odd"],"key":"k","payload":"p"})",
          R"({"headers":["a",1],"key":"k","payload":"p"})",
          R"({"headers":{},"key":"k","payload":"p"})",
          R"({"headers":[],"key":"k","payload":null})",
          R"({"headers":[],"key":null,"payload":"p"})",
          R"({"headers":[],"key":"k","payload":"p")",
          R"({"headers":[],"key":"k","payload":"p"} x)"}) {
        EXPECT_FALSE(parse_dump_line(line).has_value()) << line;
    }
}

ChainReport report_with(ChainFault fault) {
    ChainReport report;
    report.events = 3;
    report.sources = 1;
    report.faults = 1;
    report.findings.push_back(
        {.fault = fault, .source = "/numproof/n\x1b[2J/b", .sequence = 5, .position = 6}
    );
    return report;
}

TEST(AuditDump, SaysWhereAndNothingToTheTerminal) {
    const auto text = findings_table(report_with(ChainFault::broken_link), true);

    EXPECT_TRUE(text.starts_with("line 7: broken_link, event 5 of /numproof/n?[2J/b: ")) << text;
    EXPECT_NE(text.find("does not hold"), std::string::npos);
    EXPECT_TRUE(findings_table(report_with(ChainFault::not_as_kept), true).starts_with("copy, "));
}

TEST(AuditDump, AnEmptyDumpProvesNothing) {
    const ChainReport nothing;

    EXPECT_FALSE(holds(nothing));
    EXPECT_NE(findings_table(nothing, false).find("no audit event"), std::string::npos);
    EXPECT_TRUE(findings_json(nothing, false).starts_with(R"({"holds":false,"events":0)"));
}

}  // namespace
}  // namespace numproof::ctl
