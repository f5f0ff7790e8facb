// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/verify_caller.h"

#include "tools/numproof_bench/subscribers.h"

namespace numproof::bench {
namespace {

constexpr int kOk = 200;
constexpr std::string_view kMatch = R"({"devicePhoneNumberVerified":true})";
constexpr std::size_t kMadeUpToken = 66;  // As long as a real one.
constexpr std::string_view kCorrelator = "bench-";
constexpr std::size_t kSerialDigits = 8;

}  // namespace

VerifyRequest::VerifyRequest(const Url& url, std::size_t token_length) {
    const auto number = number_of(0);
    const std::string body_start = R"({"phoneNumber":")";
    const std::string body_end = R"("})";
    octets_ = "POST " + url.path + " HTTP/1.1\r\nHost: " + url.authority;
    octets_ += "\r\nAuthorization: Bearer ";
    token_at_ = octets_.size();
    octets_.append(token_length, '-');
    octets_ += "\r\nx-correlator: " + std::string{kCorrelator};
    correlator_at_ = octets_.size();
    octets_.append(kSerialDigits, '0');
    octets_ += "\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body_start.size() + number.size() + body_end.size());
    octets_ += "\r\n\r\n" + body_start;
    number_at_ = octets_.size();
    octets_ += number + body_end;
}

std::string_view VerifyRequest::with(
    std::string_view token, std::string_view number, std::uint64_t serial
) {
    token.copy(octets_.data() + token_at_, token.size());
    number.copy(octets_.data() + number_at_, number.size());
    for (std::size_t i = kSerialDigits; i > 0; --i) {
        octets_[correlator_at_ + i - 1] = static_cast<char>('0' + serial % 10);
        serial /= 10;
    }
    return octets_;
}

VerifyCaller::VerifyCaller(const VerifyOptions& options, const Url& url, const TokenFile* tokens)
    : options_(options),
      tokens_(tokens),
      made_up_(kMadeUpToken, 'A'),
      requests_(
          options.load.connections,
          VerifyRequest{url, tokens != nullptr ? tokens->length() : kMadeUpToken}
      ),
      next_(options.skip) {
    for (std::uint64_t i = 0; i < options.load.subscribers; ++i) {
        numbers_.push_back(number_of(i));
    }
}

std::string_view VerifyCaller::next(std::size_t connection) {
    if (tokens_ != nullptr && next_ >= tokens_->size()) {
        return {};
    }
    const auto serial = next_++;
    const auto token = tokens_ != nullptr ? tokens_->at(serial) : std::string_view{made_up_};
    return requests_[connection].with(token, numbers_[serial % numbers_.size()], serial);
}

void VerifyCaller::take(std::size_t, const Response& response, std::chrono::nanoseconds latency) {
    statuses_.add(response.status);
    if (response.status != kOk) {
        return;
    }
    if (options_.expect == VerifyOptions::Expect::match && response.body != kMatch) {
        ++mismatches_;
        return;
    }
    latencies_.add(latency);
}

void VerifyCaller::fill(Report& report) const {
    report.answers = statuses_.all();
    set_latencies(report, latencies_);
    report.more.emplace_back("mismatches", static_cast<double>(mismatches_));
    if (tokens_ != nullptr) {
        const auto left = tokens_->size() - std::min(next_, tokens_->size());
        report.more.emplace_back("tokens_left", static_cast<double>(left));
    }
}

}  // namespace numproof::bench
