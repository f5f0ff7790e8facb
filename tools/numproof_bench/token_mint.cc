// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/token_mint.h"

#include <utility>

#include "daemon/app/options_of.h"
#include "daemon/domain/store_keys.h"
#include "daemon/token/grant_seal.h"
#include "tools/numproof_bench/lanes.h"

namespace numproof::bench {
namespace {

constexpr Milliseconds kCallWithin{5'000};
constexpr Milliseconds kAskAgainAfter{200};
constexpr Milliseconds kRefreshAfter{300};

// Codes are only a step on the way here: the store forgets them soon.
constexpr Milliseconds kCodeLife{10'000};

// As the endpoints do: AuthParts::remember.
constexpr Milliseconds kRemember{std::chrono::minutes{10}};

}  // namespace

TokenMint::TokenMint(Ground& ground, const TokensOptions& options, const Client& client, Home home)
    : foundation_(ground.foundation()),
      options_(options),
      client_(client),
      home_(std::move(home)),
      directory_(foundation_, loop_, foundation_.edition),
      holders_(std::min(options.count, options.subscribers)) {
    for (const auto scope : {Scope::verify, Scope::device_phone_number}) {
        scopes_.add(scope);
        scope_text_ += (scope_text_.empty() ? "" : " ") + std::string{name_of(scope)};
    }
}

Result<void> TokenMint::run() {
    spawn(everything());
    loop_.run();
    directory_.stores.close();
    return outcome_;
}

Task<void> TokenMint::everything() {
    outcome_ = co_await make_all();
    loop_.stop();
}

Task<Result<void>> TokenMint::make_all() {
    const auto now = foundation_.clock.mono_now();
    patience_ = Deadline::after(now, options_.wait);
    // Should this fail, each look-up says why.
    (void)co_await directory_.standing.refresh(Deadline::after(now, kCallWithin));
    refreshed_ = foundation_.clock.mono_now();
    Lanes finding{
        holders_.size(), options_.in_flight, [this](std::size_t i) { return find_holder(i); }};
    auto found = co_await finding.run();
    if (!found) {
        co_return found;
    }
    const auto began = foundation_.clock.mono_now();
    Lanes minting{options_.count, options_.in_flight, [this](std::size_t i) { return mint(i); }};
    auto minted = co_await minting.run();
    took_ = foundation_.clock.mono_now() - began;
    co_return minted;
}

Task<Result<void>> TokenMint::find_holder(std::size_t index) {
    for (;;) {
        const auto deadline = Deadline::after(foundation_.clock.mono_now(), kCallWithin);
        auto proof = co_await prove(index, deadline);
        if (proof && std::holds_alternative<Proven>(*proof)) {
            holders_[index] = std::move(std::get<Proven>(*proof));
            co_return holders_[index]->msisdn.reveal() == number_of(index)
                ? Result<void>{}
                : not_bound(index, "its address is another number's");
        }
        if (const auto refusal = directory_.stores.refusal()) {
            co_return fail(ErrorCode::invalid_configuration, *refusal);
        }
        if (patience_->passed(foundation_.clock.mono_now())) {
            co_return proof ? not_bound(index, name_of(std::get<Unproven>(*proof)))
                            : not_bound(index, proof.error().detail);
        }
        co_await loop_.sleep(kAskAgainAfter);
    }
}

Task<Result<Proof>> TokenMint::prove(std::size_t index, Deadline deadline) {
    const auto now = foundation_.clock.mono_now();
    if (now - refreshed_ > kRefreshAfter) {
        refreshed_ = now;
        auto refreshed = co_await directory_.standing.refresh(deadline);
        if (!refreshed) {
            co_return pass_on(refreshed);
        }
    }
    const SourceEndpoint source{.address = address_of(home_.range, index)};
    co_return co_await directory_.numbers.prove(source, deadline);
}

Task<Result<void>> TokenMint::mint(std::size_t index) {
    const auto began = foundation_.clock.mono_now();
    const auto deadline = Deadline::after(began, kCallWithin);
    const auto now = foundation_.clock.wall_now();
    const auto& holder = *holders_[index % holders_.size()];
    const auto shard = Shard::of(holder.subscriber);
    const auto code = foundation_.edition->codec.mint_code(shard);
    const auto token = foundation_.edition->codec.mint_token(shard, client_.id);
    KeepRequest keep = grant_for(holder, token, now);
    // A code that was redeemed already: one round trip less, and the same to whoever issues.
    KeepRequest redeemed{.key = code.key, .grant = keep.grant, .now = now, .remember = kCodeLife};
    redeemed.grant.header.state = GrantState::used;
    redeemed.grant.header.not_after = now;
    auto kept = co_await directory_.stores.grants().keep_code(std::move(redeemed), deadline);
    if (!kept) {
        co_return pass_on(kept);
    }
    IssueRequest request{
        .code = code.key,
        .token = std::move(keep),
        .incarnation = directory_.standing.basis().incarnation};
    auto issued = co_await directory_.stores.grants().issue(std::move(request), deadline);
    if (!issued) {
        co_return pass_on(issued);
    }
    if (*issued != IssueOutcome::issued) {
        co_return not_bound(
            index % holders_.size(), "the store did not issue: it changed meanwhile"
        );
    }
    write_line(index, token.text);
    latencies_.add(foundation_.clock.mono_now() - began);
    co_return Result<void>{};
}

KeepRequest TokenMint::grant_for(
    const Proven& holder, const TokenCodec::Minted& minted, WallTime now
) const {
    const GrantHeader header{
        .state = GrantState::fresh,
        .issued_at = now,
        .not_after = now + options_.life,
        .scopes = scopes_,
        .method = AuthMethod::network,
        .subscriber = holder.subscriber,
        .epoch = holder.epoch,
    };
    const GrantBody body{
        .msisdn = holder.msisdn,
        .client_id = client_.id,
        .purpose = client_.purposes.empty() ? std::string{} : client_.purposes.front(),
        .scope_text = scope_text_,
        .session = holder.session,
        .auth_time = now,
        .redirect_uri = {},
        .code_challenge = {},
        .nonce = {},
    };
    return {
        .key = minted.key,
        .grant =
            seal_grant(*foundation_.edition->vault, store_keys::token(minted.key), header, body),
        .now = now,
        .remember = kRemember};
}

// They come in any order, and all have the same length.
void TokenMint::write_line(std::size_t index, const std::string& token) {
    const auto length = token.size() + 1;
    if (lines_.empty()) {
        lines_.assign(options_.count * length, '\n');
    }
    lines_.replace(index * length, token.size(), token);
}

tl::unexpected<Error> TokenMint::not_bound(std::size_t index, std::string_view why) const {
    return fail(
        ErrorCode::store_unavailable,
        "made-up subscriber " + std::to_string(index) + " cannot be signed in (" +
            std::string{why} + "). While numproofd runs with this configuration, publish the " +
            "sessions and keep heartbeats coming: numproof-bench sessions --config " +
            options_.config.file + " --count " + std::to_string(holders_.size()) +
            " --heartbeats 10m"
    );
}

}  // namespace numproof::bench
