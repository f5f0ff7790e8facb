// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/yaml/settings_loader.h"
#include "daemon/config/setting_table.h"
#include "tests/integration/config/bad_clients.h"
#include "tests/integration/config/bad_listeners.h"
#include "tests/integration/config/bad_settings.h"

namespace numproof {
namespace {

constexpr std::string_view kSecret = "hunter2-Pa55w0rd";

std::string messages_for(const BadSettings& bad) {
    const auto read =
        load_settings({.source = "f.yaml", .content = bad.yaml}, {}, {.mode = bad.mode});
    return read ? "" : to_text(read.error());
}

TEST(BadSettings, AreRefusedWithEverythingThatIsWrongAndWhere) {
    for (const auto& bad : kBadSettings) {
        EXPECT_EQ(messages_for(bad), bad.messages) << bad.what;
    }
}

TEST(BadListeners, AreRefusedWithEverythingThatIsWrongAndWhere) {
    for (const auto& bad : kBadListeners) {
        EXPECT_EQ(messages_for(bad), bad.messages) << bad.what;
    }
}

TEST(BadSettings, NeverShowASecretThatStandsInAWrongPlace) {
    for (const auto& bad : kBadSettings) {
        EXPECT_EQ(messages_for(bad).find(kSecret), std::string::npos) << bad.what;
    }
}

TEST(BadClients, AreRefusedWithEverythingThatIsWrongAndWhere) {
    for (const auto& bad : kBadClients) {
        const auto read = load_clients({.source = "f.yaml", .content = bad.yaml});

        ASSERT_FALSE(read.has_value()) << bad.what;
        EXPECT_EQ(to_text(read.error()), bad.messages) << bad.what;
        EXPECT_EQ(to_text(read.error()).find(kSecret), std::string::npos) << bad.what;
    }
}

/// Calls `use` with the dotted path of every key of the table.
void for_each_path(
    const Setting& section, const std::string& path, const std::function<void(std::string)>& use
) {
    for (const auto& member : section.members) {
        const auto key =
            path.empty() ? std::string{member.key} : path + "." + std::string{member.key};
        use(key);
        for_each_path(member, key, use);
    }
}

TEST(Mistakes, NeverShowAValueWhateverKeyItStandsAt) {
    const std::string secret{kSecret};
    const std::vector<std::string> shapes{
        secret,
        "'" + secret,
        "[" + secret + "]",
        "{x: " + secret + "}",
        "{password: " + secret + "}",
        "{'" + secret + " and blanks': 1}",
        "[[" + secret + ", " + secret + "], {secret: " + secret + "}]",
        "*" + secret,
        "!" + secret + " x",
        "\"" + secret + "\\q\"",
    };

    for_each_path(setting_table(), "", [&](const std::string& path) {
        for (const auto& shape : shapes) {
            const auto read = load_settings(
                {.source = "f.yaml", .content = ""}, {path + "=" + shape}, {.mode = Mode::sandbox}
            );
            const auto text = read ? "" : to_text(read.error());
            EXPECT_EQ(text.find(kSecret), std::string::npos) << path << "=" << shape;
        }
    });
}

TEST(Mistakes, NeverShowAValueOfAClient) {
    const std::string secret{kSecret};
    for_each_path(Setting{.members = client_table().members}, "", [&](const std::string& path) {
        std::string yaml = "- ";
        std::string indent = "  ";
        std::string rest = path;
        for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
            yaml += rest.substr(0, dot) + ":\n" + indent + "  ";
            indent += "  ";
            rest = rest.substr(dot + 1);
        }
        for (const auto& value :
             {secret, "[" + secret + "]", "{" + secret + "x: " + secret + "}"}) {
            const auto read =
                load_clients({.source = "f.yaml", .content = yaml + rest + ": " + value + "\n"});
            ASSERT_FALSE(read.has_value());
            EXPECT_EQ(to_text(read.error()).find(": " + secret), std::string::npos) << path;
        }
    });
}

}  // namespace
}  // namespace numproof
