// SPDX-License-Identifier: Apache-2.0
// A Redis user that may do less than we need: we say what is missing, and answer nothing.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

using testing::HasSubstr;

RedisOptions as_user(RedisServer& server, const std::vector<std::string>& acl) {
    server.ask({"ACL", "SETUSER", "numproof", "reset", "on", ">secret"});
    for (const auto& word : acl) {
        EXPECT_EQ(server.ask({"ACL", "SETUSER", "numproof", word}), "OK") << word;
    }
    RedisOptions options;
    options.addresses = {server.address()};
    options.username = "numproof";
    options.password = RedisPassword{"secret"};
    options.deadline = std::chrono::seconds{10};
    return options;
}

Result<std::vector<std::optional<Record>>> read(RedisStoreHost& host) {
    return ask(host, host.records().read({"np:s:one"}, in_good_time(host)));
}

TEST(RedisAcl, NeedsEachWordOfTheDocumentedOne) {
    for (const auto& missing : documented_acl()) {
        if (missing == "resetchannels" || missing == "+client|setname") {
            continue;  // The one takes away, the other is a courtesy.
        }
        RedisServer server;
        auto acl = documented_acl();
        std::erase(acl, missing);
        RedisStoreHost host{as_user(server, acl)};

        host.turn_until([&host] { return host.client().refusal().has_value(); });

        EXPECT_EQ(host.client().refusal()->code, ErrorCode::invalid_configuration) << missing;
        EXPECT_FALSE(read(host).has_value()) << missing;
        EXPECT_TRUE(host.logged("NP-REDIS-004")) << missing;
    }
}

TEST(RedisAcl, IsSaidToLackTheCommandByName) {
    RedisServer server;
    auto acl = documented_acl();
    std::erase(acl, "+setrange");
    RedisStoreHost host{as_user(server, acl)};

    host.turn_until([&host] { return host.client().refusal().has_value(); });

    EXPECT_THAT(host.client().refusal()->detail, HasSubstr("may not run SETRANGE on np:*"));
}

TEST(RedisAcl, MayDoWithoutACourtesyAndWithTheDefaultUserOff) {
    RedisServer server;
    auto acl = documented_acl();
    std::erase(acl, "+client|setname");
    const auto options = as_user(server, acl);
    server.ask({"ACL", "SETUSER", "default", "off"});
    RedisStoreHost host{options};

    host.wait_until_ready();

    EXPECT_TRUE(read(host).has_value());
}

TEST(RedisAcl, IsAskedAnewWhenAPermissionGoesWhileWeAreConnected) {
    RedisServer server;
    RedisStoreHost host{as_user(server, documented_acl())};
    host.wait_until_ready();
    server.ask({"ACL", "SETUSER", "numproof", "-mget"});

    const auto denied = read(host);
    host.turn_until([&host] { return host.client().refusal().has_value(); });
    const auto refusal = host.client().refusal()->detail;
    server.ask({"ACL", "SETUSER", "numproof", "+mget"});
    host.wait_until_ready();

    EXPECT_EQ(denied.error().code, ErrorCode::store_unavailable);
    EXPECT_THAT(refusal, HasSubstr("may not run MGET"));
    EXPECT_TRUE(read(host).has_value());
}

TEST(RedisAcl, IsAskedAnewWhenAScriptMayNotDoWhatItDoes) {
    RedisServer server;
    RedisStoreHost host{as_user(server, documented_acl())};
    host.wait_until_ready();
    server.ask({"ACL", "SETUSER", "numproof", "-get"});

    ClaimRequest request;
    request.incarnation = host.client().present_incarnation().value();
    const auto denied = ask(host, host.grants().claim(request, in_good_time(host)));
    host.turn_until([&host] { return host.client().refusal().has_value(); });

    EXPECT_EQ(denied.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(denied.error().detail, "Redis answered NOPERM");
    EXPECT_THAT(host.client().refusal()->detail, HasSubstr("may not run GET"));
}

}  // namespace
}  // namespace numproof
