// SPDX-License-Identifier: Apache-2.0
#include "adapters/jose/jose_signer.h"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/jose/jose_opener.h"
#include "tests/integration/jose/test_keys.h"

namespace numproof {
namespace {

namespace fs = std::filesystem;

class SigningFolder : public testing::Test {
protected:
    SigningFolder() {
        auto name = (fs::temp_directory_path() / "np-signing-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }

    ~SigningFolder() override { fs::remove_all(folder_); }

    void write(const std::string& name, std::string_view text, int age_s = 0) const {
        const auto path = folder_ / name;
        std::ofstream{path} << text;
        fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds{age_s});
    }

    static std::string new_pem() { return std::string{make_signing_key().value().pem.reveal()}; }

    fs::path folder_;
};

std::string header_of(std::string_view compact) {
    return parse_base64url(compact.substr(0, compact.find('.'))).value();
}

TEST_F(SigningFolder, TheKeyThatWasWrittenLastSignsAndAllAreShown) {
    write("old.pem", new_pem(), 100);
    write("new.pem", new_pem(), 1);
    write("oldest.pem", new_pem(), 200);
    write("notes.txt", "not a key");

    const auto signer = JoseSigner::from_folder(folder_);

    ASSERT_TRUE(signer.has_value()) << signer.error().detail;
    const auto signed_text = (*signer)->sign(R"({"a":1})").value();
    EXPECT_NE(header_of(signed_text).find(R"("kid":"new")"), std::string::npos);
    for (const auto* const kid : {R"("kid":"old")", R"("kid":"new")", R"("kid":"oldest")"}) {
        EXPECT_NE((*signer)->jwks().find(kid), std::string::npos) << kid;
    }
}

TEST_F(SigningFolder, RefusesOtherKindsOfKeysByTheNameOfTheirFile) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"rsa", to_pem(EVP_RSA_gen(2048))},
        {"p384", to_pem(EVP_EC_gen("P-384"))},
        {"ed25519", to_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))},
        {"encrypted", to_pem(EVP_EC_gen("P-256"), "secret")},
        {"empty", ""},
        {"cut", new_pem().substr(0, 90)},
    };
    for (const auto& [name, pem] : cases) {
        write("good.pem", new_pem());
        write(name + ".pem", pem);

        const auto signer = JoseSigner::from_folder(folder_);

        ASSERT_FALSE(signer.has_value()) << name;
        EXPECT_EQ(signer.error().code, ErrorCode::invalid_configuration);
        EXPECT_NE(signer.error().detail.find(name + ".pem"), std::string::npos)
            << signer.error().detail;
        fs::remove(folder_ / (name + ".pem"));
    }
}

TEST_F(SigningFolder, RefusesAKeyThatEverybodyCanRead) {
    write("k.pem", new_pem());
    fs::permissions(folder_ / "k.pem", fs::perms::others_read, fs::perm_options::add);

    const auto signer = JoseSigner::from_folder(folder_);

    ASSERT_FALSE(signer.has_value());
    EXPECT_NE(signer.error().detail.find("k.pem"), std::string::npos);
}

TEST_F(SigningFolder, RefusesAFolderWithoutKeysAndOneThatIsNotThere) {
    EXPECT_FALSE(JoseSigner::from_folder(folder_).has_value());
    EXPECT_FALSE(JoseSigner::from_folder(folder_ / "missing").has_value());
}

TEST(JoseSigner, RefusesNamesThatWouldNotSurviveInJson) {
    const auto key = make_signing_key().value();
    for (const auto* const kid : {"", "a\"b", "a b", "a/b", "\xc3\xa9"}) {
        EXPECT_FALSE(JoseSigner::from_keys({{.kid = kid, .pem = key.pem}}).has_value()) << kid;
    }
    EXPECT_FALSE(JoseSigner::from_keys({key, key}).has_value()) << "the same name twice";
    EXPECT_FALSE(JoseSigner::from_keys({}).has_value());
}

TEST(JoseSigner, NeverShowsThePrivateNumber) {
    const auto key = make_signing_key().value();
    const auto numbers = read_signing_key(key.pem).value();
    const auto signer = JoseSigner::from_keys({key}).value();

    EXPECT_EQ(signer->jwks().find(to_base64url(numbers.d.reveal())), std::string::npos);
    EXPECT_EQ(signer->jwks().find("\"d\""), std::string::npos);
    EXPECT_NE(signer->jwks().find(to_base64url(numbers.x)), std::string::npos);
}

TEST(JoseSigner, ItsHeaderNamesAlgorithmKeyAndType) {
    const auto key = make_signing_key().value();
    const auto signer = JoseSigner::from_keys({key}).value();

    const auto header = header_of(signer->sign("{}").value());

    EXPECT_NE(header.find(R"("alg":"ES256")"), std::string::npos);
    EXPECT_NE(header.find("\"kid\":\"" + key.kid + "\""), std::string::npos);
    EXPECT_NE(header.find(R"("typ":"JWT")"), std::string::npos);
}

TEST(JoseSigner, OpensslAloneVerifiesWhatItSigned) {
    const auto key = make_signing_key().value();
    const auto signer = JoseSigner::from_keys({key}).value();
    const auto compact = signer->sign(R"({"sub":"x"})").value();
    const auto dot = compact.rfind('.');
    const auto raw = parse_base64url(compact.substr(dot + 1)).value();
    ASSERT_EQ(raw.size(), 64U);
    const auto* const octets = reinterpret_cast<const unsigned char*>(raw.data());
    ECDSA_SIG* const parts = ECDSA_SIG_new();
    ECDSA_SIG_set0(parts, BN_bin2bn(octets, 32, nullptr), BN_bin2bn(octets + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int der_size = i2d_ECDSA_SIG(parts, &der);
    ECDSA_SIG_free(parts);
    const auto pem = key.pem.reveal();
    const jose::BioPtr in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const jose::KeyPtr pkey{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)};
    const std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>> ctx{EVP_MD_CTX_new()};
    ASSERT_EQ(EVP_DigestVerifyInit(ctx.get(), nullptr, EVP_sha256(), nullptr, pkey.get()), 1);

    const int verified = EVP_DigestVerify(
        ctx.get(),
        der,
        static_cast<std::size_t>(der_size),
        reinterpret_cast<const unsigned char*>(compact.data()),
        dot
    );
    OPENSSL_free(der);

    EXPECT_EQ(verified, 1);
}

TEST(JoseSigner, ManyThreadsMaySignAtOnce) {
    const auto key = make_signing_key().value();
    const auto signer = JoseSigner::from_keys({key}).value();
    const auto numbers = read_signing_key(key.pem).value();
    const std::vector<PublicJwk> keys{{.kid = key.kid, .json = public_jwk(numbers, key.kid)}};
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            const JoseOpener opener;
            for (int i = 0; i < 50; ++i) {
                const auto compact = signer->sign(R"({"n":1})").value();
                good += opener.open(compact, keys).has_value() ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(good.load(), 200);
}

TEST(SigningKey, ItsThumbprintIsThatOfRfc9449Section6) {
    const EcNumbers numbers{
        .x = parse_base64url("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs").value(),
        .y = parse_base64url("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA").value(),
        .d = {},
    };

    EXPECT_EQ(thumbprint(numbers), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

TEST(SigningKey, EveryKeyIsNewAndInPkcs8) {
    const auto one = make_signing_key().value();
    const auto other = make_signing_key().value();

    EXPECT_NE(one.kid, other.kid);
    EXPECT_TRUE(one.pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_EQ(one.kid, thumbprint(read_signing_key(one.pem).value()));
}

}  // namespace
}  // namespace numproof
