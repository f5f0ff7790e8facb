// SPDX-License-Identifier: Apache-2.0
// Each DIALECT/NAME.json is one record; DIALECT/NAME.txt is what must be read from it. A new sample
// is a new file: with NUMPROOF_GOLDEN_WRITE=1 in the environment its .txt is written, to be looked
// at before it is kept.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "daemon/base/utc_text.h"
#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/native_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"

namespace numproof {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder{NUMPROOF_GOLDEN_DIR};

const DecoderTerms kTerms{
    .default_domain = "internet",
    .one_domain = true,
    .numbering = {.country_code = "36", .national_prefix = "06", .ranges = {"+3630", "+3670"}}};

const WallTime kRecordTime = wall_from_ms(1795345200000);  // 2026-11-22T11:00:00Z

using Decode = Result<std::vector<SessionEvent>> (*)(const FeedRecord&, const DecoderTerms&);

const std::map<std::string, Decode> kDecoders{
    {"native",
     [](const FeedRecord& record, const DecoderTerms& terms) {
         return native_decoder(terms)(record);
     }},
    {"nsmf", decode_nsmf},
    {"radius", decode_radius},
    {"gx", decode_gx}};

std::string contents_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// An event as a few lines.
class Description {
public:
    std::string take() { return out_.str(); }

    void operator()(const SessionBind& event) {
        constexpr std::array<const char*, 3> kExtents{"bind", "rebind", "statement"};
        head(kExtents.at(static_cast<std::size_t>(event.extent)), event.time, event.name);
        if (event.msisdn) {
            out_ << " msisdn=" << event.msisdn->reveal();
        }
        if (event.imsi) {
            out_ << " imsi=" << event.imsi->reveal();
        }
        if (event.says_access) {
            out_ << " access=" << (event.access == Access::three_gpp ? "3gpp" : "non_3gpp");
        }
        if (!event.says_domain) {
            out_ << " domain=as-before";
        }
        if (event.interim_interval) {
            out_ << " interim=" << event.interim_interval->count() << "s";
        }
        if (event.began) {
            out_ << " began=" << to_rfc3339(*event.began);
        }
        out_ << "\n";
        list("holds", event.held);
        list("removes", event.removed);
        list("returns", event.returned);
    }

    void operator()(const SessionRefresh& event) {
        head("refresh", event.time, event.name);
        out_ << "\n";
    }

    void operator()(const SessionRelease& event) {
        head("release", event.time, event.name);
        out_ << "\n";
        list("held", event.held);
    }

    void operator()(const GatewayReset& event) {
        out_ << "reset " << to_rfc3339(event.time) << " " << event.source << "\n";
    }

    void operator()(const SubscriberChange& event) {
        out_ << "subscriber " << to_rfc3339(event.time) << " imsi=" << event.imsi.reveal()
             << " msisdn=" << event.msisdn.reveal() << " " << name_of(event.state)
             << (event.sim_changed ? " sim_changed" : "") << "\n";
    }

    void operator()(const Heartbeat& event) {
        out_ << "heartbeat " << to_rfc3339(event.time) << " " << event.source << "\n";
    }

private:
    void head(const char* word, WallTime time, const SessionName& name) {
        out_ << word << " " << to_rfc3339(time) << " " << name.source << "/" << name.session;
    }

    void list(const char* word, const std::vector<HeldAddress>& addresses) {
        for (const auto& address : addresses) {
            out_ << "  " << word << " " << address.domain << " " << address.prefix.to_text();
            if (!address.ports.whole()) {
                out_ << " ports " << address.ports.low << "-" << address.ports.high;
            }
            out_ << "\n";
        }
    }

    std::ostringstream out_;
};

std::string read(const std::string& dialect, const fs::path& file) {
    const FeedRecord record{
        .at = {.topic = "sessions." + dialect, .partition = 0},
        .timestamp = kRecordTime,
        .key = "k",
        .value = contents_of(file)};
    const auto events = kDecoders.at(dialect)(record, kTerms);
    if (!events) {
        return "poison " + events.error().detail + "\n";
    }
    Description description;
    for (const auto& event : *events) {
        std::visit(description, event);
    }
    const auto text = description.take();
    return text.empty() ? "nothing\n" : text;
}

std::vector<fs::path> samples_of(const std::string& dialect) {
    std::vector<fs::path> samples;
    for (const auto& entry : fs::directory_iterator{kFolder / dialect}) {
        if (entry.path().extension() == ".json") {
            samples.push_back(entry.path());
        }
    }
    return samples;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, EverySampleGivesWhatStandsBesideIt) {
    const auto samples = samples_of(GetParam());
    ASSERT_GE(samples.size(), 5U) << "samples are missing";
    const bool write = std::getenv("NUMPROOF_GOLDEN_WRITE") != nullptr;
    for (const auto& sample : samples) {
        auto beside = sample;
        beside.replace_extension(".txt");
        const auto events = read(GetParam(), sample);
        if (write) {
            std::ofstream{beside, std::ios::binary} << events;
        }
        EXPECT_TRUE(fs::exists(beside)) << beside;
        EXPECT_EQ(events, contents_of(beside)) << sample;
    }
}

TEST_P(Golden, NoDescriptionIsWithoutItsSample) {
    for (const auto& entry : fs::directory_iterator{kFolder / GetParam()}) {
        auto sample = entry.path();
        sample.replace_extension(".json");
        EXPECT_TRUE(fs::exists(sample)) << entry.path();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Dialects,
    Golden,
    testing::Values("native", "nsmf", "radius", "gx"),
    [](const auto& tested) { return tested.param; }
);

}  // namespace
}  // namespace numproof
