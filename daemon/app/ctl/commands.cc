// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/commands.h"

#include <cstdio>
#include <string_view>

#include "adapters/jose/signing_key.h"
#include "adapters/openssl/openssl_crypto.h"
#include "adapters/yaml/file_reader.h"
#include "adapters/yaml/key_file.h"
#include "daemon/app/ctl/admin_client.h"
#include "daemon/app/ctl/table.h"
#include "daemon/app/ctl/text_member.h"
#include "daemon/app/exit_codes.h"
#include "daemon/auth/client_secret.h"
#include "daemon/base/json_writer.h"
#include "daemon/domain/msisdn.h"

namespace numproof::ctl {
namespace {

int complain(std::string_view text, int exit_code) {
    std::fprintf(stderr, "numproofctl: %.*s\n", static_cast<int>(text.size()), text.data());
    return exit_code;
}

void print(std::string_view text) {
    std::printf("%.*s", static_cast<int>(text.size()), text.data());
    if (!text.ends_with('\n')) {
        std::putchar('\n');
    }
}

using Table = std::string (*)(std::string_view json);

// Asks the daemon and shows its JSON as it is, or as a table.
int show(const Context& context, std::string_view path, Table table = as_table) {
    const auto answer = ask(context.socket, "GET", path);
    if (!answer) {
        const bool nobody = answer.error().code == ErrorCode::io_failure;
        return complain(answer.error().detail, nobody ? kExitUnavailable : kExitFailed);
    }
    print(context.format == Format::json ? *answer : table(*answer));
    return kExitOk;
}

// A file that a daemon could be given.
std::string as_file(std::string_view json) {
    const std::string config{json};
    return "# config_hash: " + text_member(config, "config_hash") + "\n" +
           text_member(config, "yaml");
}

Result<std::string> make_key(const std::string& kind) {
    if (kind == "signing") {
        auto key = make_signing_key();
        if (!key) {
            return pass_on(key);
        }
        return std::string{key->pem.reveal()};
    }
    return make_key_file(OpensslCrypto{});
}

std::string as_json(std::string_view name, std::string_view text) {
    JsonWriter json;
    json.begin_object().key(name).text(text).end_object();
    return json.take();
}

}  // namespace

int config_show(const Context& context) {
    return show(context, "/v1/config", as_file);
}

int key_list(const Context& context) {
    return show(context, "/v1/keys");
}

int client_list(const Context& context) {
    return show(context, "/v1/clients");
}

int reload(const Context& context) {
    // Threads, a reader that leaves its group and a last delivery may each take their time.
    constexpr Milliseconds kWithin{120'000};
    const auto answer = ask(context.socket, "POST", "/v1/reload", kWithin);
    if (!answer) {
        const bool nobody = answer.error().code == ErrorCode::io_failure;
        return complain(answer.error().detail, nobody ? kExitUnavailable : kExitFailed);
    }
    print(context.format == Format::json ? *answer : as_table(*answer));
    return kExitOk;
}

int drain(const Context& context) {
    const auto answer = ask(context.socket, "POST", "/v1/drain");
    if (!answer) {
        return complain(answer.error().detail, kExitUnavailable);
    }
    print(context.format == Format::json ? *answer : "the daemon drains and then stops");
    return kExitOk;
}

int hash(const Context& context, const std::string& number) {
    const auto msisdn = Msisdn::parse(number);
    if (!msisdn) {
        return complain(
            "a number is written as +, country code and digits: +34600000001", kExitUsage
        );
    }
    const auto digest = to_hex(as_view(OpensslCrypto{}.sha256(msisdn->reveal())));
    print(context.format == Format::json ? "{\"hashedPhoneNumber\":\"" + digest + "\"}" : digest);
    return kExitOk;
}

int client_secret(const Context& context) {
    const auto made = make_client_secret(OpensslCrypto{});
    const std::string secret{made.secret.reveal()};
    if (context.format == Format::json) {
        print("{\"secret\":\"" + secret + "\",\"secret_hash\":\"" + made.hash + "\"}");
    } else {
        print("secret (for the client, shown only now):  " + secret);
        print("secret_hash (for clients.yaml):           " + made.hash);
    }
    return kExitOk;
}

int key_new(const Context& context, const std::string& kind, const std::string& file) {
    const auto key = make_key(kind);
    if (!key) {
        return complain(key.error().detail, kExitBug);
    }
    const bool json = context.format == Format::json;
    if (file.empty()) {
        print(json ? as_json("key", *key) : *key);
        return kExitOk;
    }
    if (const auto made = create_private_file(file, *key); !made) {
        return complain(made.error().detail, kExitFailed);
    }
    print(json ? as_json("file", file) : file);
    return kExitOk;
}

}  // namespace numproof::ctl
