// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/admin_router.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "daemon/api/openapi_documents.h"
#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

Task<http::Response> echo_body(const http::Request& request, Deadline) {
    http::Response response;
    response.body = std::string{request.body};
    co_return response;
}

class AdminRouterTest : public testing::Test {
protected:
    AdminParts parts() {
        AdminParts made;
        made.checks = {
            {.name = "directory", .trouble = [this] { return directory_trouble_; }},
            {.name = "audit", .trouble = [this] { return audit_trouble_; }}};
        made.started = [this] { return started_; };
        made.metrics = [] { return std::string{"numproof_up 1\n"}; };
        for (const auto& [path, version] :
             {std::pair{"/openapi/v0.yaml", ContractVersion::v0},
              std::pair{"/openapi/v1.yaml", ContractVersion::v1},
              std::pair{"/openapi/v2.yaml", ContractVersion::v2}}) {
            made.documents[path] = {
                .content_type = "application/yaml", .text = std::string{openapi_document(version)}};
        }
        made.commands["/v1/status"] = {.method = http::Method::get, .run = echo_body};
        made.commands["/v1/reload"] = {.method = http::Method::post, .run = echo_body};
        return made;
    }

    http::Response send(
        http::Method method,
        std::string_view path,
        std::string_view query = {},
        std::string_view body = {}
    ) {
        http::Request request;
        request.method = method;
        request.path = path;
        request.query = query;
        request.body = body;
        return run_now(router_.handle(request, Deadline{MonoTime::max()}));
    }

    std::optional<std::string> directory_trouble_;
    std::optional<std::string> audit_trouble_;
    bool started_ = false;
    AdminRouter router_{parts()};
};

TEST_F(AdminRouterTest, IsAliveWheneverItAnswers) {
    directory_trouble_ = "stale";

    EXPECT_EQ(send(http::Method::get, "/livez").status, 200);
    EXPECT_EQ(send(http::Method::head, "/livez").status, 200);
}

TEST_F(AdminRouterTest, IsReadyOnlyIfEveryCheckIsWell) {
    EXPECT_EQ(send(http::Method::get, "/readyz").status, 200);
    EXPECT_EQ(send(http::Method::get, "/readyz").body, "ok\n");

    audit_trouble_ = "spool full";

    EXPECT_EQ(send(http::Method::get, "/readyz").status, 503);
    EXPECT_EQ(send(http::Method::get, "/readyz").body, "not ready\n");
    EXPECT_EQ(router_.troubles(), std::vector<std::string>{"audit: spool full"});
}

TEST_F(AdminRouterTest, VerboseNamesEveryCheck) {
    directory_trouble_ = "stale";
    const std::string text = "[-]directory: stale\n[+]audit ok\nnot ready\n";

    EXPECT_EQ(send(http::Method::get, "/readyz", "verbose").body, text);
    EXPECT_EQ(send(http::Method::get, "/readyz", "verbose=1").body, text);
    EXPECT_EQ(send(http::Method::get, "/readyz", "unverbose").body, "not ready\n");
}

TEST_F(AdminRouterTest, HasStartedOnceItSaysSo) {
    EXPECT_EQ(send(http::Method::get, "/startupz").status, 503);

    started_ = true;

    EXPECT_EQ(send(http::Method::get, "/startupz").status, 200);
}

TEST_F(AdminRouterTest, GivesMetricsInTheTextFormat) {
    const auto response = send(http::Method::get, "/metrics");

    EXPECT_EQ(response.body, "numproof_up 1\n");
    EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(AdminRouterTest, GivesTheOpenapiDocumentOfEachContract) {
    for (const auto* version : {"v0", "v1", "v2"}) {
        const auto response = send(http::Method::get, "/openapi/" + std::string{version} + ".yaml");

        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "application/yaml");
        EXPECT_TRUE(response.body.starts_with("openapi: 3.0.3"));
        EXPECT_NE(
            response.body.find("{apiRoot}/number-verification/" + std::string{version}),
            std::string::npos
        ) << version;
        EXPECT_NE(response.body.find("phoneNumberVerify"), std::string::npos);
    }
    EXPECT_EQ(send(http::Method::get, "/openapi/v3.yaml").status, 404);
}

TEST_F(AdminRouterTest, CommandsTakeTheirMethodOnly) {
    EXPECT_EQ(send(http::Method::get, "/v1/status", {}, "{}").body, "{}");
    EXPECT_EQ(send(http::Method::post, "/v1/reload", {}, "now").body, "now");
    EXPECT_EQ(send(http::Method::get, "/v1/reload").status, 405);
    EXPECT_EQ(send(http::Method::post, "/v1/status").status, 405);
    EXPECT_EQ(send(http::Method::post, "/readyz").status, 405);
    EXPECT_EQ(send(http::Method::options, "/v1/reload").status, 204);
    EXPECT_EQ(send(http::Method::get, "/v1/nothing").status, 404);
    EXPECT_EQ(send(http::Method::get, "/").status, 404);
}

TEST_F(AdminRouterTest, CommandsAreNotForThoseWhoOnlyReachThePort) {
    http::Request request;
    request.method = http::Method::post;
    request.path = "/v1/reload";
    request.peer = {.address = IpAddress::v4({127, 0, 0, 1}), .port = 40000};

    EXPECT_EQ(run_now(router_.handle(request, Deadline{MonoTime::max()})).status, 404);
}

TEST_F(AdminRouterTest, GateRefusalsAreJson) {
    const auto response = router_.refuse(http::Refusal::timeout, "/livez");

    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, R"({"error":"request_timeout"})");
}

}  // namespace
}  // namespace numproof
