// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <string>
#include <string_view>

#include "daemon/config/cross_checks.h"

namespace numproof {
namespace {

class RedisChecks {
public:
    RedisChecks(const ConfigNode& redis, Mistakes& mistakes) : redis_(redis), mistakes_(mistakes) {}

    void run() {
        check_addresses();
        check_sentinels();
        needs("username", "password_file");
        needs("sentinel_username", "sentinel_password_file");
        needs("tls.certificate_file", "tls.key_file");
        needs("tls.key_file", "tls.certificate_file");
    }

private:
    [[nodiscard]] bool given(std::string_view key) const {
        const auto* node = redis_.find_path(key);
        return node != nullptr && node->kind != ConfigNode::Kind::null;
    }

    [[nodiscard]] std::string_view mode() const {
        const auto* node = redis_.find("mode");
        return node == nullptr ? std::string_view{} : std::string_view{node->text};
    }

    void complain(const ConfigNode& at, std::string_view key, std::string_view what) {
        auto message = "directory.redis." + std::string{key} + " " + std::string{what};
        mistakes_.push_back({at.mark, std::move(message), {}});
    }

    /// `key` means nothing without `other`.
    void needs(std::string_view key, std::string_view other) {
        if (given(key) && redis_.find_path(other) != nullptr && !given(other)) {
            complain(*redis_.find_path(key), key, "needs directory.redis." + std::string{other});
        }
    }

    void check_addresses() {
        const auto* addresses = redis_.find("addresses");
        if (addresses == nullptr) {
            return;
        }
        for (const auto& address : addresses->items) {
            if (!address.text.starts_with("unix:")) {
                continue;
            }
            if (mode() != "standalone") {
                const auto what = "must not be UNIX sockets in mode " + std::string{mode()};
                complain(address, "addresses", what);
            } else if (given("tls")) {
                complain(address, "addresses", "must not be UNIX sockets with tls: no TLS there");
            }
        }
    }

    void check_sentinels() {
        const auto* name = redis_.find("master_name");
        if (mode() == "sentinel" && name != nullptr && !given("master_name")) {
            complain(*name, "master_name", "must be set in mode sentinel");
        }
        if (mode() == "sentinel") {
            return;
        }
        for (const auto* key : {"master_name", "sentinel_username", "sentinel_password_file"}) {
            if (given(key)) {
                complain(*redis_.find(key), key, "is for mode sentinel only");
            }
        }
    }

    const ConfigNode& redis_;
    Mistakes& mistakes_;
};

}  // namespace

void check_redis(const ConfigNode& effective, Mistakes& mistakes) {
    const auto* redis = effective.find_path("directory.redis");
    if (redis != nullptr && redis->kind == ConfigNode::Kind::mapping) {
        RedisChecks{*redis, mistakes}.run();
    }
}

}  // namespace numproof
