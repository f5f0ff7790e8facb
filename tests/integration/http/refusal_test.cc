// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "adapters/evhtp/http_server.h"
#include "tests/integration/http/test_client.h"
#include "tests/integration/http/test_server.h"

namespace numproof {
namespace {

TEST(HttpServer, GivesAGoodCorrelatorBackWithARefusalToo) {
    const std::string large = "POST /v HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n";
    const std::map<std::string, bool> cases{
        {"x-correlator: b4333c46\r\n", true},
        {"X-Correlator: a b\r\n", false},
        {"x-correlator: a\r\nx-correlator: b\r\n", false},
        {"x-correlator:\r\n", false},
    };
    TestServer server;
    for (const auto& [field, echoed] : cases) {
        TestClient client{server.port};

        const auto answer = client.exchange(large + field + "\r\n");

        EXPECT_EQ(status_of_answer(answer), 413) << field;
        EXPECT_EQ(occurrences(answer, "x-correlator: b4333c46\r\n"), echoed ? 1U : 0U) << field;
        EXPECT_EQ(occurrences(answer, "x-correlator"), echoed ? 1U : 0U) << field;
    }
}

}  // namespace
}  // namespace numproof
