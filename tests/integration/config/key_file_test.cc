// SPDX-License-Identifier: Apache-2.0
#include "adapters/yaml/key_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/openssl/openssl_crypto.h"
#include "adapters/yaml/file_reader.h"

namespace numproof {
namespace {

const std::string kOnes = to_base64(std::string(32, '\x01'));
const std::string kTwos = to_base64(std::string(32, '\x02'));

class KeyFile : public testing::Test {
protected:
    KeyFile() {
        auto pattern = (std::filesystem::temp_directory_path() / "numproof-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }

    ~KeyFile() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& content, unsigned mode = 0600) {
        const auto path = folder_ + "/some.key";
        std::ofstream{path} << content;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }

    std::string folder_;
};

TEST_F(KeyFile, GivesItsKeysInOrderAndPassesOverCommentsAndEmptyLines) {
    const auto keys = read_key_file(write("# keys\n" + kTwos + "\n\n  " + kOnes + " \r\n"));

    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->at(0).reveal(), std::string(32, '\x02'));
    EXPECT_EQ(keys->at(1).reveal(), std::string(32, '\x01'));
}

TEST_F(KeyFile, IsRefusedWhenEverybodyCanReadIt) {
    const auto path = write(kOnes + "\n", 0644);

    const auto keys = read_key_file(path);

    ASSERT_FALSE(keys.has_value());
    EXPECT_EQ(
        keys.error().detail, path + ": everybody can read it; make it private: chmod o= " + path
    );
    EXPECT_TRUE(read_key_file(write(kOnes, 0640)).has_value());
}

struct BadKeys {
    std::string content;
    std::string reason;
};

TEST_F(KeyFile, IsRefusedWithTheLineButNeverWithTheKey) {
    const BadKeys cases[] = {
        {"", ": there is no key in it; `numproofctl key new` makes one"},
        {"# only a comment\n", ": there is no key in it; `numproofctl key new` makes one"},
        {kOnes + "\n" + to_base64(std::string(31, 'a')) + "\n",
         ":2:1: a key must have 32 octets, not 31"},
        {"\n\nnot a key\n", ":3:1: not base64"},
        {kOnes.substr(0, 43), ":1:1: not base64"},
    };
    for (const auto& bad : cases) {
        const auto path = write(bad.content);

        const auto keys = read_key_file(path);

        ASSERT_FALSE(keys.has_value()) << bad.content;
        EXPECT_EQ(keys.error().detail, path + bad.reason);
    }
}

TEST_F(KeyFile, IsRefusedWhenItIsMissingOrNoFileOrTooLarge) {
    EXPECT_EQ(
        read_key_file(folder_ + "/none").error().detail,
        folder_ + "/none: No such file or directory"
    );
    EXPECT_EQ(read_key_file(folder_).error().detail, folder_ + ": not a regular file");
    const auto large = write(std::string(20000, '\n'));
    EXPECT_EQ(read_key_file(large).error().detail, large + ": larger than 16384 octets");
}

TEST_F(KeyFile, OfANewKeyCanBeReadAndIsItsOwnersOnly) {
    const OpensslCrypto crypto;
    const auto path = folder_ + "/new.key";

    ASSERT_TRUE(create_private_file(path, make_key_file(crypto)).has_value());

    ASSERT_TRUE(read_key_file(path).has_value());
    EXPECT_EQ(
        std::filesystem::status(path).permissions(),
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
    EXPECT_NE(make_key_file(crypto), make_key_file(crypto));
}

TEST_F(KeyFile, IsNeverOverwritten) {
    const auto path = write(kOnes);

    const auto made = create_private_file(path, kTwos);

    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().detail, path + ": File exists");
    EXPECT_EQ(read_key_file(path)->at(0).reveal(), std::string(32, '\x01'));
}

TEST(KeySteps, BringANewKeyInAndTheOldOneOut) {
    const OpensslCrypto crypto;
    const auto old = "# mine\n" + kOnes + "\n# end";

    const auto added = step_keys(old, "k", KeyStep::add, crypto);
    ASSERT_TRUE(added.has_value());
    const auto promoted = step_keys(*added, "k", KeyStep::promote, crypto);
    ASSERT_TRUE(promoted.has_value());
    const auto retired = step_keys(*promoted, "k", KeyStep::retire, crypto);
    ASSERT_TRUE(retired.has_value());

    const auto with_both = parse_keys(*added, "k");
    ASSERT_EQ(with_both->size(), 2U);
    EXPECT_EQ(with_both->at(0).reveal(), std::string(32, '\x01'));
    EXPECT_EQ(parse_keys(*promoted, "k")->at(1).reveal(), std::string(32, '\x01'));
    EXPECT_EQ(parse_keys(*promoted, "k")->at(0).reveal(), with_both->at(1).reveal());
    ASSERT_EQ(parse_keys(*retired, "k")->size(), 1U);
    EXPECT_EQ(parse_keys(*retired, "k")->at(0).reveal(), with_both->at(1).reveal());
    EXPECT_TRUE(retired->starts_with("# mine\n"));
    EXPECT_TRUE(retired->ends_with("# end\n"));
}

TEST(KeySteps, ThatMakeNoSenseAreRefused) {
    const OpensslCrypto crypto;
    std::string full;
    for (int i = 0; i < 16; ++i) {
        full += kOnes + "\n";
    }

    for (const auto step : {KeyStep::promote, KeyStep::retire}) {
        const auto refused = step_keys(kOnes, "k", step, crypto);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().detail, "k: there is only one key; add one first");
    }
    EXPECT_EQ(
        step_keys(full, "k", KeyStep::add, crypto).error().detail,
        "k: it is full; retire old keys first"
    );
    EXPECT_FALSE(step_keys("no key", "k", KeyStep::add, crypto).has_value());
}

TEST_F(KeyFile, IsReplacedInOneGoAndStaysAsPrivate) {
    const OpensslCrypto crypto;
    const auto path = write(kOnes, 0640);
    const auto before = std::filesystem::status(path).permissions();

    ASSERT_TRUE(step_key_file(path, KeyStep::add, crypto).has_value());

    EXPECT_EQ(read_key_file(path)->size(), 2U);
    EXPECT_EQ(std::filesystem::status(path).permissions(), before);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    const auto refused = step_key_file(path + "x", KeyStep::add, crypto);
    EXPECT_FALSE(refused.has_value());
}

TEST_F(KeyFile, BesideALeftOverOfAnInterruptedStepIsNotTouched) {
    const OpensslCrypto crypto;
    const auto path = write(kOnes);
    ASSERT_TRUE(create_private_file(path + ".new", "x").has_value());

    const auto refused = step_key_file(path, KeyStep::add, crypto);

    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().detail, path + ".new: File exists");
    EXPECT_EQ(read_key_file(path)->size(), 1U);
    std::filesystem::remove(path + ".new");
}

TEST_F(KeyFile, OfAPasswordHasOneLine) {
    EXPECT_EQ(read_secret_file(write("s3cret words\n"))->reveal(), "s3cret words");
    EXPECT_EQ(read_secret_file(write("s3cret"))->reveal(), "s3cret");
    for (const auto* content : {"", "\n", "a\nb\n"}) {
        const auto path = write(content);
        EXPECT_EQ(
            read_secret_file(path).error().detail, path + ": must have exactly one line: the secret"
        );
    }
    EXPECT_FALSE(read_secret_file(write("a", 0604)).has_value());
}

}  // namespace
}  // namespace numproof
