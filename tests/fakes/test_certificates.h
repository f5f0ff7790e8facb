// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/base/check.h"

namespace numproof {

/// A certificate authority in a temporary folder, which goes with it. Needs the program openssl.
class TestCertificates {
public:
    /// The files of one certificate, PEM.
    struct Files {
        std::string certificate;
        std::string key;
    };

    TestCertificates() {
        std::string pattern = std::filesystem::temp_directory_path() / "numproof-tls-XXXXXX";
        NP_CHECK(mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        openssl(
            "req -x509 " + kNewKey +
            " -keyout ca.key -out ca.pem -days 2 -subj '/CN=test authority'"
        );
    }

    TestCertificates(const TestCertificates&) = delete;
    TestCertificates& operator=(const TestCertificates&) = delete;

    ~TestCertificates() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string authority() const { return folder_ + "/ca.pem"; }

    /// A certificate for `names` (`IP:127.0.0.1,DNS:localhost`); with days < 0 it has expired.
    [[nodiscard]] Files make(const std::string& names, int days = 1) {
        const auto name = "n" + std::to_string(++made_);
        std::ofstream{folder_ + "/" + name + ".ext"} << "subjectAltName=" << names << "\n";
        openssl(
            "req " + kNewKey + " -keyout " + name + ".key -out " + name + ".csr -subj /CN=" + name
        );
        openssl(
            "x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " +
            std::to_string(days) + " -extfile " + name + ".ext -out " + name + ".pem"
        );
        return {.certificate = path(name + ".pem"), .key = path(name + ".key")};
    }

    /// A file of the folder.
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

    /// Runs `openssl ARGUMENTS` in the folder.
    void openssl(const std::string& arguments) const {
        const auto line = "cd " + folder_ + " && openssl " + arguments + " >openssl.log 2>&1";
        NP_CHECK(std::system(line.c_str()) == 0);
    }

private:
    inline static const std::string kNewKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

    std::string folder_;
    int made_ = 0;
};

}  // namespace numproof
