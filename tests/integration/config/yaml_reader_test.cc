// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/yaml_reader.h"

#include <string>

#include <gtest/gtest.h>

#include "adapters/yaml/settings_loader.h"
#include "daemon/config/flow_text.h"

namespace numproof {
namespace {

std::string reread(const std::string& yaml) {
    return flow_text(read_yaml(yaml, "y").value());
}

TEST(ReadYaml, KeepsTextsListsMappingsAndTheirOrder) {
    EXPECT_EQ(
        reread("b: [1, 'x y', {c: ~}]\na: \"5\"\n"), "{b: [1, \"x y\", {c: null}], a: \"5\"}"
    );
    EXPECT_EQ(reread(""), "null");
    EXPECT_EQ(reread("# only a comment\n"), "null");
    EXPECT_EQ(reread("a:\nb: null\nc: 'null'\n"), "{a: null, b: null, c: \"null\"}");
}

TEST(ReadYaml, KnowsWhereEverythingStands) {
    const auto root = read_yaml("a:\n  - b\n  - {c: d}\n", "y").value();

    const auto* list = root.find("a");
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->items.at(0).mark, (ConfigMark{.source = "y", .line = 2, .column = 5}));
    EXPECT_EQ(
        list->items.at(1).members.at(0).mark, (ConfigMark{.source = "y", .line = 3, .column = 6})
    );
}

TEST(ReadYaml, KeepsDuplicateKeysForTheJudge) {
    EXPECT_EQ(reread("{a: 1, a: 2}"), "{a: 1, a: 2}");
}

TEST(ReadYaml, FollowsAliases) {
    EXPECT_EQ(reread("a: &x [1, 2]\nb: *x\n"), "{a: [1, 2], b: [1, 2]}");
}

TEST(ReadYaml, RefusesWhatWouldGrowBeyondBounds) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j) {
            bomb += ", " + before;
        }
        bomb += "]\n";
    }
    const std::string deep(200, '[');

    EXPECT_EQ(read_yaml(bomb, "y").error().at(0).message, "too much: more than 100,000 values");
    EXPECT_EQ(read_yaml(deep, "y").error().at(0).message, "nested too deeply");
}

TEST(ReadYaml, RefusesAnAliasInsideOfWhatItNames) {
    EXPECT_EQ(
        to_text(read_yaml("a: &x [1, *x]\n", "y").error()),
        "y:1:11: an alias inside of what it names\n"
    );
}

TEST(FlowText, IsReadBackAsTheSameByYaml) {
    for (const auto* yaml :
         {"{a: [true, \"true\", 5, \"5\", null, \"null\", \"\"], b: \"a: b #c\"}",
          "[\"- x\", \"*x\", \"&x\", \"\\\"\", \"\\\\\", \"\\x07\", \"yes\", \"1e3\", \"0x1f\"]"}) {
        EXPECT_EQ(reread(reread(yaml)), reread(yaml)) << yaml;
    }
}

TEST(LoadSettingsFile, SaysThatAFileIsMissing) {
    const auto read = load_settings_file("/nonexistent/numproof.yaml", {}, {});

    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(to_text(read.error()), "/nonexistent/numproof.yaml: No such file or directory\n");
}

}  // namespace
}  // namespace numproof
