// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/text_forms.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace numproof {
namespace {

struct FormCase {
    const char* what;
    TextForm form;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

const std::vector<FormCase> kForms{
    {"node_name",
     text_form::node_name,
     {"np1", "a.b_c-D"},
     {"", "a b", "a/b", std::string(65, 'a')}},
    {"topic", text_form::topic, {"numproof.audit.v1"}, {"", ".", "..", "a b", "a/b"}},
    {"listen_address",
     text_form::listen_address,
     {"0.0.0.0:9091", "[::1]:0", "unix:/run/a.sock"},
     {"",
      "9091",
      ":9091",
      "localhost:9091",
      "::1:9091",
      "[127.0.0.1]:1",
      "1.2.3.4:65536",
      "1.2.3.4:+1",
      "unix:a.sock",
      "unix:" + std::string(108, '/')}},
    {"host_port",
     text_form::host_port,
     {"kafka-1.example.com:9092", "127.0.0.1:1", "[2001:db8::1]:9092"},
     {"", "kafka", "kafka:", "kafka:0", ":9092", "user:pw@kafka:9092", "kafka:9092/x", "-a:1"}},
    {"redis_address",
     text_form::redis_address,
     {"redis-1.example.com:6379", "[2001:db8::1]:6379", "unix:/run/redis/redis.sock"},
     {"", "redis", "redis:0", "/run/redis.sock", "unix:redis.sock", "unix:"}},
    {"host_name", text_form::host_name, {"api.example.com", "[::1]"}, {"", "a:1", "a b", "[x]"}},
    {"cidr",
     text_form::cidr,
     {"10.0.0.0/8", "::1", "0.0.0.0/0"},
     {"10.0.0.1/8", "a", "10.0.0.0/33"}},
    {"url_path",
     text_form::url_path,
     {"/a", "/number-verification/v0", "/a.b~c"},
     {"", "/", "a", "/a/", "//a", "/a//b", "/a?b", "/a b", "/a%2f"}},
    {"issuer",
     text_form::issuer,
     {"https://idp.example.com",
      "https://idp.example.com:8443/a",
      "https://[2001:db8::1]",
      "http://localhost:9091",
      "http://127.0.10.1:1",
      "http://[::1]:9091"},
     {"",
      "idp.example.com",
      "http://idp.example.com",
      "https://",
      "https://a/",
      "https://a?b",
      "https://a#b",
      "https://user@a",
      "https://a:b",
      "https://a:",
      "http://localhost.example.com",
      "http://127.example.com",
      "ftp://a"}},
    {"file",
     text_form::file,
     {"/etc/x", "credential:directory.key"},
     {"", "x", "./x", "credential:", "credential:a/b", "credential:..", std::string("/a\0b", 4)}},
    {"country_code", text_form::country_code, {"1", "34", "354"}, {"", "0", "+34", "1234", "a"}},
    {"number_range", text_form::number_range, {"+346", "+1"}, {"", "+", "346", "+0", "+34a"}},
    {"purpose",
     text_form::purpose,
     {"dpv:Marketing"},
     {"", "dpv:", "Marketing", "dpv:a#b", "dpv:a b"}},
    {"redirect_uri",
     text_form::redirect_uri,
     {"https://a.example/cb?x=y", "http://127.0.0.1:9999/callback", "com.example.app:/cb"},
     {"",
      "a",
      "/cb",
      "https:",
      "https://a/#f",
      "javascript:x",
      "data:x",
      "1a:x",
      "https://a b",
      "https://a/\r\nX: y"}},
    {"secret_hash",
     text_form::secret_hash,
     {"sha256$AAAAAAAAAAAAAAAAAAAAAA$" + std::string(43, 'A')},
     {"",
      "secret",
      "sha256$$" + std::string(43, 'A'),
      "sha256$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
      "sha512$AAAAAAAAAAAAAAAAAAAAAA$" + std::string(43, 'A')}},
    {"coordinate",
     text_form::coordinate,
     {std::string(43, 'A')},
     {"", std::string(42, 'A'), std::string(44, 'A'), std::string(42, 'A') + "="}},
};

TEST(TextForm, AcceptsTheGoodAndExplainsTheBadWithoutRepeatingThem) {
    for (const auto& form : kForms) {
        for (const auto& text : form.good) {
            EXPECT_EQ(form.form(text), std::nullopt) << form.what << ": " << text;
        }
        for (const auto& text : form.bad) {
            const auto complaint = form.form(text);
            ASSERT_TRUE(complaint.has_value()) << form.what << ": " << text;
            EXPECT_TRUE(complaint->starts_with("must ")) << *complaint;
        }
    }
}

TEST(ParseListenAddress, TellsHostPortAndSocketApart) {
    EXPECT_EQ(
        parse_listen_address("[::1]:9091"), (HostPort{.host = "::1", .port = 9091, .unix_path = {}})
    );
    EXPECT_EQ(
        parse_listen_address("unix:/run/a"),
        (HostPort{.host = {}, .port = 0, .unix_path = "/run/a"})
    );
}

}  // namespace
}  // namespace numproof
