// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/tls_server_context.h"

#include <filesystem>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/fakes/test_certificates.h"

namespace numproof {
namespace {

using Mode = TlsServerContext::ClientCertificate;
using Settings = TlsServerContext::Settings;

constexpr std::string_view kConfiguration = R"([ca]
default_ca = test
[test]
database = index
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
[any]
commonName = supplied
)";

/// One authority and one good certificate of it.
struct Stand {
    TestCertificates certificates;
    TestCertificates::Files own = certificates.make("DNS:localhost");

    [[nodiscard]] Settings good() const {
        return {.certificate_file = own.certificate, .key_file = own.key, .client_ca_file = ""};
    }

    [[nodiscard]] std::string written(const std::string& name, std::string_view content) const {
        const auto path = certificates.path(name);
        std::ofstream{path} << content;
        chmod(path.c_str(), S_IRUSR | S_IWUSR);
        return path;
    }

    /// A certificate that begins in many years.
    [[nodiscard]] TestCertificates::Files early() {
        const auto request = certificates.make("DNS:early");
        const auto how = written("early.conf", kConfiguration);
        static_cast<void>(written("index", ""));
        certificates.openssl(
            "ca -batch -config " + how + " -create_serial -in " +
            std::filesystem::path{request.certificate}.replace_extension("csr").string() +
            " -startdate 20980101000000Z -enddate 20990101000000Z -notext -out early.pem"
        );
        return {.certificate = certificates.path("early.pem"), .key = request.key};
    }

    [[nodiscard]] std::string made_by_openssl(const std::string& name, const std::string& how) {
        certificates.openssl(how);
        return certificates.path(name);
    }
};

void add_to_chain(const Settings& settings, const TestCertificates::Files& files) {
    std::ofstream{settings.certificate_file, std::ios::app}
        << std::ifstream{files.certificate}.rdbuf();
}

struct Case {
    std::string_view what;
    std::function<void(Stand&, Settings&)> spoil;
    std::function<std::string(const Settings&)> file;  ///< Which one is named.
    std::string_view why;
};

constexpr auto kCertificate = &Settings::certificate_file;
constexpr auto kKey = &Settings::key_file;
constexpr auto kAuthority = &Settings::client_ca_file;

const std::vector<Case> kCases{
    {"no certificate",
     [](auto& stand, auto& s) { s.certificate_file = stand.certificates.path("none"); },
     kCertificate,
     "No such file"},
    {"a folder",
     [](auto& stand, auto& s) { s.certificate_file = stand.certificates.path(""); },
     kCertificate,
     "is not a file"},
    {"an empty certificate",
     [](auto& stand, auto& s) { s.certificate_file = stand.written("empty", ""); },
     kCertificate,
     "has no usable certificate"},
    {"garbage",
     [](auto& stand, auto& s) { s.certificate_file = stand.written("garbage", "\x16\x03 -----"); },
     kCertificate,
     "has no usable certificate"},
    {"an expired certificate",
     [](auto& stand, auto& s) {
         const auto old = stand.certificates.make("DNS:localhost", -1);
         s.certificate_file = old.certificate;
         s.key_file = old.key;
     },
     kCertificate,
     "has expired"},
    {"an authority's certificate in its chain that has expired",
     [](auto& stand, auto& s) { add_to_chain(s, stand.certificates.make("DNS:between", -1)); },
     kCertificate,
     "a certificate of its chain has expired"},
    {"a certificate of tomorrow",
     [](auto& stand, auto& s) {
         const auto early = stand.early();
         s.certificate_file = early.certificate;
         s.key_file = early.key;
     },
     kCertificate,
     "the certificate is not valid yet"},
    {"one of tomorrow in its chain",
     [](auto& stand, auto& s) { add_to_chain(s, stand.early()); },
     kCertificate,
     "a certificate of its chain is not valid yet"},
    {"a weak key",
     [](auto& stand, auto& s) {
         const std::string how =
             "req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem "
             "-days 1 -subj /CN=weak";
         s.certificate_file = stand.made_by_openssl("weak.pem", how);
         s.key_file = stand.certificates.path("weak.key");
     },
     kCertificate,
     "too small"},
    {"no key",
     [](auto& stand, auto& s) { s.key_file = stand.certificates.path("none"); },
     kKey,
     "No such file"},
    {"the key of another",
     [](auto& stand, auto& s) { s.key_file = stand.certificates.make("DNS:other").key; },
     kKey,
     "is not the key of"},
    {"a key with a password",
     [](auto& stand, auto& s) {
         s.key_file = stand.made_by_openssl(
             "locked.key", "ec -in " + s.key_file + " -aes128 -passout pass:secret -out locked.key"
         );
     },
     kKey,
     "without a password"},
    {"a key for everybody",
     [](auto&, auto& s) { chmod(s.key_file.c_str(), 0644); },
     kKey,
     "everybody can read it"},
    {"a pipe in place of a key",
     [](auto& stand, auto& s) {
         s.key_file = stand.certificates.path("pipe");
         mkfifo(s.key_file.c_str(), 0600);
     },
     kKey,
     "is not a file"},
    {"no authority for callers",
     [](auto& stand, auto& s) {
         s.client_certificate = Mode::required;
         s.client_ca_file = stand.certificates.path("none");
     },
     kAuthority,
     "No such file"},
    {"an authority for callers that is a key",
     [](auto&, auto& s) {
         s.client_certificate = Mode::optional;
         s.client_ca_file = s.key_file;
     },
     kAuthority,
     "has no certificate"},
    {"an authority for callers that has expired",
     [](auto& stand, auto& s) {
         s.client_certificate = Mode::optional;
         s.client_ca_file = stand.certificates.make("DNS:ca", -1).certificate;
     },
     kAuthority,
     "none of its certificates is valid today"},
};

class BadTlsFiles : public testing::TestWithParam<Case> {};

TEST_P(BadTlsFiles, AreNamedWithWhatIsWrong) {
    Stand stand;
    auto settings = stand.good();
    GetParam().spoil(stand, settings);

    const auto made = TlsServerContext::make(settings);

    ASSERT_FALSE(made.has_value()) << GetParam().what;
    EXPECT_EQ(made.error().code, ErrorCode::invalid_configuration);
    EXPECT_THAT(made.error().detail, testing::StartsWith(GetParam().file(settings) + ": "));
    EXPECT_THAT(made.error().detail, testing::HasSubstr(std::string{GetParam().why}));
}

INSTANTIATE_TEST_SUITE_P(Files, BadTlsFiles, testing::ValuesIn(kCases), [](const auto& tested) {
    std::string name{tested.param.what};
    std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
    return name;
});

TEST(TlsServerContext, KnowsWhenItsFirstCertificateEnds) {
    Stand stand;
    const auto now = std::chrono::system_clock::now();
    const auto one = TlsServerContext::make(stand.good()).value();
    EXPECT_GT(one->expires(), now + std::chrono::hours{23});
    EXPECT_LT(one->expires(), now + std::chrono::hours{25});
}

TEST(TlsServerContext, HasAnotherFingerprintWhenItsFilesHoldSomethingElse) {
    Stand stand;
    TestCertificates elsewhere;
    const auto print = [](const Settings& settings) {
        return TlsServerContext::make(settings).value()->fingerprint();
    };
    const auto good = stand.good();
    auto renewed = good;
    const auto fresh = stand.certificates.make("DNS:localhost");
    renewed.certificate_file = fresh.certificate;
    renewed.key_file = fresh.key;
    auto asking = good;
    asking.client_certificate = Mode::optional;
    asking.client_ca_file = stand.certificates.authority();
    auto asking_others = asking;
    asking_others.client_ca_file = elsewhere.authority();

    EXPECT_EQ(print(good), print(good));
    EXPECT_NE(print(good), print(renewed));
    EXPECT_NE(print(good), print(asking));
    EXPECT_NE(print(asking), print(asking_others));
}

}  // namespace
}  // namespace numproof
