// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string_view>

#include "adapters/openssl/openssl_crypto.h"
#include "adapters/yaml/key_file.h"
#include "daemon/app/ctl/commands.h"
#include "daemon/app/exit_codes.h"
#include "daemon/base/json_writer.h"
#include "daemon/vault/generation_keys.h"

namespace numproof::ctl {
namespace {

KeyStep step_of(std::string_view name) {
    if (name == "add") {
        return KeyStep::add;
    }
    return name == "promote" ? KeyStep::promote : KeyStep::retire;
}

/// What comes next; nothing of it may begin before all nodes are through with this.
std::string_view next_of(KeyStep step) {
    switch (step) {
        case KeyStep::add:
            return "bring it to all nodes, then: promote";
        case KeyStep::promote:
            return "bring it to all nodes; 15 minutes after the last one: retire";
        case KeyStep::retire:
            return "bring it to all nodes";
    }
    return "";
}

int complain(const std::string& text, int exit_code) {
    std::fprintf(stderr, "numproofctl: %s\n", text.c_str());
    return exit_code;
}

/// Names of keys are made of their hashes: they tell nothing of the keys.
std::string report(
    const Context& context, const std::vector<SecretKey>& keys, std::string_view next
) {
    JsonWriter json;
    std::string table;
    json.begin_object().key("keys").begin_array();
    for (const auto& key : keys) {
        const auto id = name_key(OpensslCrypto{}, key).id;
        json.text(id);
        table += id + (&key == &keys.front() ? "  current\n" : "  read\n");
    }
    json.end_array().key("next").text(next).end_object();
    return context.format == Format::json ? json.take() + "\n"
                                          : table + "next: " + std::string{next} + "\n";
}

}  // namespace

int key_rotate(const Context& context, const std::string& step, const std::string& file) {
    if (const auto done = step_key_file(file, step_of(step), OpensslCrypto{}); !done) {
        return complain(done.error().detail, kExitFailed);
    }
    const auto keys = read_key_file(file);
    if (!keys) {
        return complain(keys.error().detail, kExitFailed);
    }
    const auto text = report(context, *keys, next_of(step_of(step)));
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    return kExitOk;
}

}  // namespace numproof::ctl
