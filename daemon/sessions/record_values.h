// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/session_feed.h"
#include "daemon/sessions/record_decoder.h"
#include "daemon/sessions/record_json.h"

/// What decoders of every dialect read alike. A failure is poison, its detail the reason.
namespace numproof::decoding {

/// More addresses in one event are poison.
inline constexpr std::size_t kAddressesMax = 64;

/// A shorter IPv6 prefix is not stored, hence poison.
inline constexpr unsigned kShortestV6 = 32;

/// Likewise for routes of IPv4.
inline constexpr unsigned kShortestV4 = 16;

/// By `directory.numbering`: bad_msisdn, msisdn_not_ours.
[[nodiscard]] Result<Msisdn> read_msisdn(const DecoderTerms& terms, std::string_view text);

/// bad_imsi.
[[nodiscard]] Result<Imsi> read_imsi(std::string_view text);

/// A routing domain as it is written: bad_domain.
[[nodiscard]] Result<std::string> read_domain(std::string_view text);

/// A DNN or APN (3GPP TS 23.003 section 9.1): in lower case, since they are compared so, and
/// without its operator identifier `.mncNNN.mccNNN.gprs`. The default domain if absent.
[[nodiscard]] Result<std::string> read_dnn(
    const DecoderTerms& terms, std::optional<std::string_view> text
);

/// read_dnn() of the field `name`: bad_domain.
[[nodiscard]] Result<std::string> read_dnn(const Fields& fields, std::string_view name);

/// An address or a prefix of 32 bits or more of that family, `reason` otherwise.
[[nodiscard]] Result<IpPrefix> read_prefix(
    std::string_view text, IpAddress::Family family, std::string_view reason
);

/// True if nothing is too short about `prefix`: it can be told from others by a look-up.
[[nodiscard]] bool is_storable(const IpPrefix& prefix) noexcept;

/// Rule R4: `time` unless it is ahead of the record's own timestamp by too much (time_in_future)
/// or before 1970 (bad_time).
[[nodiscard]] Result<WallTime> check_time(const FeedRecord& record, WallTime time);

/// Seconds since 1970, or milliseconds where it cannot be seconds: bad_time.
[[nodiscard]] Result<WallTime> read_epoch(std::int64_t number);

/// An instant as read_epoch() or RFC 3339 has it (bad_time), within the bounds of check_time().
[[nodiscard]] Result<WallTime> read_time(const Fields& fields, const simdjson::dom::element& at);

/// 1 second to 90 days, bad_interim_interval otherwise.
[[nodiscard]] Result<std::chrono::seconds> read_interval(std::optional<std::int64_t> seconds);

/// Adds `address` unless it is there already.
void hold(std::vector<HeldAddress>& held, HeldAddress address);

/// What a `bind` is taken to say. One that is the whole truth says its access (3GPP where it names
/// none) and its domain; any other says what it names, and the rest stays as it is known: the
/// domain of its addresses is empty then, unless there is only one.
void settle(
    SessionBind& event, std::optional<Access> access, bool names_domain, const DecoderTerms& terms
);

/// Puts the value of `from` into `into`, or notes the first failure.
template <typename From, typename Into>
void take(Result<From> from, Into& into, std::optional<Error>& failure) {
    if (!from) {
        failure = failure ? std::move(failure) : std::optional{std::move(from.error())};
    } else {
        into = std::move(*from);
    }
}

/// A record of just one event.
[[nodiscard]] Result<std::vector<SessionEvent>> only(Result<SessionEvent> event);

/// `event`, or what failed while it was read.
template <typename Event>
Result<SessionEvent> finish(Event event, std::optional<Error> failure) {
    if (failure) {
        return tl::unexpected<Error>{std::move(*failure)};
    }
    return SessionEvent{std::move(event)};
}

}  // namespace numproof::decoding
