// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/audit_log_contract.h"

#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/integration/spool/faulty_files.h"
#include "tests/integration/spool/spool_fixture.h"

namespace numproof {
namespace {

class FakeHost final : public AuditLogHost {
public:
    AuditLog& log() override { return log_; }

    MonoTime now() const override { return clock_.mono_now(); }

    bool run_until(std::function<bool()> done) override { return done(); }

    void break_disk() override { log_.fail_with(ErrorCode::io_failure); }

    void mend_disk() override { log_.work(); }

    std::vector<std::string> durable() const override {
        std::vector<std::string> found;
        for (const auto& entry : log_.entries()) {
            found.push_back(entry.data);
        }
        return found;
    }

private:
    FakeClock clock_;
    FakeAuditLog log_;
};

class SpoolHost final : public AuditLogHost {
public:
    SpoolHost() {
        auto opened = Spool::open(
            {.crypto = crypto_, .clock = clock_, .log = lines_, .files = files_, .key = key_},
            {.node = "np1"}
        );
        NP_CHECK(opened.has_value());
        spool_ = std::move(*opened);
        spool_->start();
        log_ = std::make_unique<SpoolAuditLog>(*spool_, loop_, clock_);
    }

    AuditLog& log() override { return *log_; }

    MonoTime now() const override { return clock_.mono_now(); }

    bool run_until(std::function<bool()> done) override { return loop_.run_until(std::move(done)); }

    void break_disk() override { files_.faults.write = true; }

    void mend_disk() override { files_.faults.write = false; }

    std::vector<std::string> durable() const override {
        static constexpr std::size_t kPrevSize = std::string_view{R"(,"prev":"")"}.size() + 64;
        std::vector<std::string> found;
        for (const auto& record : records_in(folder_.path())) {
            found.push_back(record.value.substr(0, record.value.size() - kPrevSize - 1) + "}");
        }
        return found;
    }

private:
    ScratchFolder folder_;
    OpensslCrypto crypto_;
    SystemClock clock_;
    SharedLog lines_;
    FaultyFiles files_{folder_.path().string()};
    NamedKey key_ = name_key(crypto_, SecretKey{std::string(32, 'a')});
    PumpedLoop loop_;
    std::unique_ptr<Spool> spool_;
    std::unique_ptr<SpoolAuditLog> log_;
};

std::string name_of_host(const testing::TestParamInfo<AuditLogHostMaker>& info) {
    return info.index == 0 ? "Fake" : "Spool";
}

INSTANTIATE_TEST_SUITE_P(
    AuditLog,
    AuditLogContract,
    testing::Values(
        AuditLogHostMaker{[] { return std::make_unique<FakeHost>(); }},
        AuditLogHostMaker{[] { return std::make_unique<SpoolHost>(); }}
    ),
    name_of_host
);

}  // namespace
}  // namespace numproof
