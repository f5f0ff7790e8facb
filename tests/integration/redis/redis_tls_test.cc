// SPDX-License-Identifier: Apache-2.0
// TLS to a real Redis: who is believed, who is not, and what is said about it.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Result<std::vector<std::optional<Record>>> read(RedisStoreHost& host) {
    return ask(host, host.records().read({"np:s:one"}, in_good_time(host)));
}

/// Why a node with `options` is refused.
std::string refusal_of(const RedisOptions& options) {
    RedisStoreHost host{options};
    host.turn_until([&host] { return host.client().refusal().has_value(); });
    EXPECT_FALSE(read(host).has_value());
    EXPECT_TRUE(host.logged("NP-REDIS-004"));
    return host.client().refusal()->detail;
}

std::string mistake_in(const RedisTls::Settings& settings) {
    const auto made = RedisTls::make(settings);
    EXPECT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::invalid_configuration);
    return made.error().detail;
}

TEST(RedisTls, CarriesMoreThanOneTurnCanSend) {
    TlsRedis redis{false};
    auto settings = redis.settings();
    settings.certificate_file.clear();
    RedisStoreHost host{redis.options(settings)};
    host.wait_until_ready();
    const std::string large(6 << 20, 'x');
    std::vector<Replacement> list;
    for (const auto* key : {"np:s:one", "np:s:two"}) {
        list.push_back(
            {.key = key,
             .expected = {},
             .record = {.revision = "revision", .value = large},
             .keep = std::chrono::minutes{1}}
        );
    }

    ASSERT_TRUE(ask(host, host.records().replace(list, in_good_time(host))).has_value());
    const auto found = ask(host, host.records().read({"np:s:one", "np:s:two"}, in_good_time(host)));

    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->at(0)->value, large);
    EXPECT_EQ(found->at(1)->value, large);
    EXPECT_EQ(host.metrics().lost.value(), 0U);
}

TEST(RedisTls, BelievesANameOrAnAddressOfTheCertificate) {
    TlsRedis redis{true};
    auto options = redis.options(redis.settings());
    options.addresses = {"localhost:" + redis.port()};
    RedisStoreHost by_name{options};
    RedisStoreHost by_address{redis.options(redis.settings())};
    auto settings = redis.settings();
    settings.server_name = "localhost";
    settings.only_tls13 = true;
    RedisStoreHost by_setting{redis.options(settings)};

    for (auto* host : {&by_name, &by_address, &by_setting}) {
        host->wait_until_ready();
        EXPECT_TRUE(read(*host).has_value());
    }
}

TEST(RedisTls, BelievesNobodyElse) {
    TlsRedis elsewhere{false, "IP:127.0.0.2,DNS:elsewhere"};
    const auto address = refusal_of(elsewhere.options(elsewhere.settings()));
    EXPECT_THAT(address, HasSubstr("IP address mismatch"));

    auto settings = elsewhere.settings();
    settings.server_name = "redis.example.com";
    EXPECT_THAT(refusal_of(elsewhere.options(settings)), HasSubstr("hostname mismatch"));

    TestCertificates others;
    settings = elsewhere.settings();
    settings.ca_file = others.authority();
    EXPECT_THAT(refusal_of(elsewhere.options(settings)), HasSubstr("certificate is not accepted"));
}

TEST(RedisTls, IsRefusedToWhoShowsNoCertificate) {
    TlsRedis redis{true};
    auto settings = redis.settings();
    settings.certificate_file.clear();

    EXPECT_THAT(refusal_of(redis.options(settings)), HasSubstr("certificate required"));
}

TEST(RedisTls, IsNotSpokenByAPlainPort) {
    TlsRedis redis{false};
    auto options = redis.options(redis.settings());
    options.addresses = {redis.server().address()};
    options.connect_deadline = std::chrono::seconds{1};
    RedisStoreHost host{options};

    host.turn_until([&host] { return host.logged("NP-REDIS-003") || host.logged("NP-REDIS-004"); });

    EXPECT_FALSE(read(host).has_value());
}

TEST(RedisTls, HasADeadlineForItsHandshake) {
    TlsRedis redis{false};
    auto options = redis.options(redis.settings());
    options.connect_deadline = Milliseconds{1000};  // Enough for a handshake on a busy machine.
    redis.server().pause();
    RedisStoreHost host{options};

    host.turn_until([&host] { return host.logged("in time"); });

    EXPECT_FALSE(host.client().present_incarnation().has_value());
    redis.server().resume();
    host.wait_until_ready();
    EXPECT_TRUE(read(host).has_value());
}

TEST(RedisTls, NamesTheFileThatIsWrong) {
    auto& certificates = test_certificates();
    const auto good = certificates.make("DNS:numproof");
    const auto other = certificates.make("DNS:other");
    const auto expired = certificates.make("DNS:numproof", -1);
    const auto text = certificates.path("text.pem");
    std::ofstream{text} << "no certificate\n";
    std::filesystem::permissions(text, std::filesystem::perms{0644});
    RedisTls::Settings settings;
    settings.ca_file = certificates.authority();
    settings.certificate_file = good.certificate;
    settings.key_file = good.key;
    ASSERT_TRUE(RedisTls::make(settings).has_value());

    auto bad = settings;
    bad.ca_file = "/nowhere/ca.pem";
    EXPECT_EQ(mistake_in(bad), "/nowhere/ca.pem: No such file or directory");
    bad.ca_file = text;
    EXPECT_THAT(mistake_in(bad), StartsWith(text + ": has no certificate"));
    bad.ca_file = expired.certificate;
    EXPECT_EQ(mistake_in(bad), expired.certificate + ": none of its certificates is valid today");

    bad = settings;
    bad.certificate_file = certificates.path("gone.pem");
    EXPECT_EQ(mistake_in(bad), bad.certificate_file + ": No such file or directory");
    bad.certificate_file = text;
    EXPECT_THAT(mistake_in(bad), StartsWith(text + ": has no usable certificate"));
    bad.certificate_file = expired.certificate;
    bad.key_file = expired.key;
    EXPECT_EQ(mistake_in(bad), expired.certificate + ": the certificate has expired");

    bad = settings;
    bad.key_file = other.key;
    EXPECT_EQ(mistake_in(bad), other.key + ": is not the key of " + good.certificate);
    bad.key_file = text;
    EXPECT_THAT(mistake_in(bad), StartsWith(text + ": everybody can read it"));
    std::filesystem::permissions(text, std::filesystem::perms{0600});
    EXPECT_THAT(mistake_in(bad), StartsWith(text + ": has no private key"));
}

void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
}

TEST(RedisTls, ReadsFilesAgainThatWereRenewed) {
    TlsRedis redis{true};
    auto settings = redis.settings();
    settings.ca_file = test_certificates().path("renewed-ca.pem");
    // A certificate, but of nobody who has issued the server's.
    copy(settings.certificate_file, settings.ca_file);
    RedisStoreHost host{redis.options(settings)};
    host.turn_until([&host] { return host.client().refusal().has_value(); });

    copy(test_certificates().authority(), settings.ca_file);
    host.wait_until_ready();

    EXPECT_TRUE(read(host).has_value());
}

TEST(RedisTls, TellsWhenWhatItShowsEnds) {
    TestCertificates certificates;
    const auto soon = certificates.make("DNS:one", 1);
    const auto later = certificates.make("DNS:one", 2);
    const RedisTls::Settings settings{
        .ca_file = certificates.authority(),
        .certificate_file = certificates.path("shown.pem"),
        .key_file = certificates.path("shown.key"),
        .server_name = {}};
    copy(soon.certificate, settings.certificate_file);
    copy(soon.key, settings.key_file);
    const auto tls = RedisTls::make(settings);
    ASSERT_TRUE(tls.has_value()) << tls.error().detail;
    const auto first = (*tls)->expires();
    ASSERT_TRUE(first.has_value());

    std::ofstream{settings.certificate_file} << "half";
    EXPECT_EQ((*tls)->expires(), first);

    copy(later.key, settings.key_file);
    copy(later.certificate, settings.certificate_file);
    EXPECT_GT((*tls)->expires(), *first + std::chrono::hours{23});
}

TEST(RedisTls, TellsNoEndWhereItShowsNothing) {
    TestCertificates certificates;
    const auto tls = RedisTls::make(
        {.ca_file = certificates.authority(),
         .certificate_file = {},
         .key_file = {},
         .server_name = {}}
    );
    ASSERT_TRUE(tls.has_value()) << tls.error().detail;
    EXPECT_FALSE((*tls)->expires().has_value());
}

TEST(RedisTls, KeepsWhatItHasReadWhileFilesAreNoGood) {
    TlsRedis redis{true};
    auto settings = redis.settings();
    settings.certificate_file = test_certificates().path("half-written.pem");
    copy(redis.settings().certificate_file, settings.certificate_file);
    RedisStoreHost host{redis.options(settings)};
    host.wait_until_ready();

    std::ofstream{settings.certificate_file} << "half";
    redis.server().ask({"CLIENT", "KILL", "TYPE", "normal"});
    host.wait_until_lost();
    host.wait_until_ready();

    EXPECT_TRUE(read(host).has_value());
}

}  // namespace
}  // namespace numproof
