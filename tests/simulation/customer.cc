// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/customer.h"

#include <array>

#include "daemon/api/error_profiles.h"
#include "daemon/auth/form.h"
#include "daemon/domain/store_keys.h"
#include "daemon/http/forwarded.h"

namespace numproof::sim {
namespace {

constexpr std::string_view kCallback = "https://app.example/cb";

std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        text += text.empty() ? "" : "&";
        text += std::string{name} + "=" + encode_query_text(value);
    }
    return text;
}

/// What stands between `begin` and `end` in `text`; empty if that is not there.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
    const auto from = text.find(begin);
    if (from == std::string_view::npos) {
        return {};
    }
    const auto value = text.substr(from + begin.size());
    return std::string{value.substr(0, value.find(end))};
}

std::string field_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

SourceEndpoint server() {
    return {.address = IpAddress::v4({198, 51, 100, 7}), .port = 4711};
}

}  // namespace

Deadline Customer::deadline() const {
    return Deadline::after(world_.loop_.now(), Milliseconds{1500});
}

Node& Customer::some_node() {
    return *world_.nodes_[dice_.pick(world_.nodes_.size())];
}

Customer::Way Customer::way_of(const SourceEndpoint& endpoint) {
    Way way{.peer = endpoint, .forwarded_for = {}, .forwarded_port = {}};
    const auto kind = dice_.pick(100);
    if (kind < 25) {
        world_.report_.count("behind a proxy");
        way.peer = {
            .address = IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(dice_.pick(200))}),
            .port = 1};
        way.forwarded_for = endpoint.address.to_text();
        way.forwarded_port = endpoint.port == 0 ? "" : std::to_string(endpoint.port);
    } else if (kind < 40) {
        const auto victim = world_.core_.some_held(dice_);
        if (victim) {
            world_.report_.count("forged address");
            const auto wanted = PacketCore::endpoint_in(*victim, dice_);
            way.forwarded_for = wanted.address.to_text();
            way.forwarded_port = std::to_string(wanted.port);
            way.forged = true;
        }
    }
    return way;
}

Task<std::string> Customer::sign_in(SourceEndpoint endpoint, Node& node) {
    ++world_.report_.events;
    const auto way = way_of(endpoint);
    const auto query = form_of(
        {{"client_id", "app"},
         {"redirect_uri", kCallback},
         {"response_type", "code"},
         {"scope", "dpv:FraudPreventionAndDetection number-verification:verify"}}
    );
    http::Request request;
    request.method = http::Method::get;
    request.path = "/oauth2/authorize";
    request.query = query;
    request.peer = way.peer;
    if (!way.forwarded_for.empty()) {
        request.fields.push_back({"X-Forwarded-For", way.forwarded_for});
    }
    if (!way.forwarded_port.empty()) {
        request.fields.push_back({"X-Forwarded-Port", way.forwarded_port});
    }
    const auto real = http::real_source(request, world_.figures_.trusted_proxies);
    const auto source = real ? std::optional{*real} : std::nullopt;
    auto seen = std::make_shared<WatchedNumbers::Seen>();
    seen->asked = world_.loop_.now();
    node.numbers.next = seen;
    auto going = node.auth.authorize(request, source, deadline());
    const auto response = co_await going;
    node.numbers.next = nullptr;
    world_.judge_proof(*seen, endpoint, node, way.forged);
    const auto code = between(field_of(response, "Location"), "code=", "&");
    const auto* proven = seen->said && *seen->said ? std::get_if<Proven>(&**seen->said) : nullptr;
    if (proven != nullptr) {
        proved_ = std::string{proven->msisdn.reveal()};
        proved_by_ = world_.wall_at(seen->answered) + world_.figures_.clock_error_max;
    }
    co_return code;
}

Task<void> Customer::only_sign_in(SourceEndpoint endpoint, std::size_t node) {
    (void)co_await sign_in(endpoint, *world_.nodes_[node]);
    --world_.customers_;
}

Task<bool> Customer::exchange(std::string code) {
    ++world_.report_.events;
    const auto form = form_of(
        {{"grant_type", "authorization_code"},
         {"code", code},
         {"redirect_uri", kCallback},
         {"client_id", "app"},
         {"client_secret", "s3cret"}}
    );
    http::Request request;
    request.method = http::Method::post;
    request.path = "/oauth2/token";
    request.body = form;
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.peer = server();
    // A device that shares its connection with the server of an application.
    if (dice_.chance(30)) {
        request.peer = world_.core_.somewhere(dice_);
        token_.redirected = true;
    }
    token_.issued_from = world_.loop_.wall();
    auto& node = some_node();
    auto going = node.auth.token(request, deadline());
    const auto response = co_await going;
    token_.issued_by = world_.loop_.wall();
    auto text = between(response.body, R"("access_token":")", "\"");
    if (!token_.text.empty()) {
        if (!text.empty()) {
            world_.report_.violate("R13", "one code gave two tokens");
        }
        // Whoever was told something else than "no" may not have got as far as the store.
        token_.replayed = response.status == 400;
        co_return false;
    }
    token_.text = std::move(text);
    co_return !token_.text.empty();
}

Task<void> Customer::visit() {
    const auto endpoint = world_.core_.somewhere(dice_);
    auto& node = some_node();
    auto code = co_await sign_in(endpoint, node);
    if (!code.empty() && proved_) {
        token_.number = *proved_;
        token_.proved_by = proved_by_;
        co_await world_.loop_.sleep(dice_.ms(0, 400));
        const bool given = co_await exchange(code);
        if (given) {
            TokenCodec codec{world_.vault()};
            token_.name = to_hex(as_view(codec.read_token(token_.text)->key.mac));
            if (dice_.chance(4)) {
                world_.report_.count("code replayed");
                (void)co_await exchange(code);
            }
            co_await use_token();
        }
    }
    --world_.customers_;
}

// Some books change and some records vanish between sign-in and verification.
void Customer::disturb_between() {
    if (dice_.chance(9)) {
        world_.core_.change_sim_of(token_.number);
    }
    if (dice_.chance(1)) {
        world_.report_.count("subscriber record evicted");
        const auto sid = world_.vault().subscriber_id(Msisdn::parse(token_.number).value());
        world_.store_.remove(store_keys::subscriber(sid));
        world_.condition_.evicted.insert(token_.number);
    }
}

Task<void> Customer::use_token() {
    disturb_between();
    co_await world_.loop_.sleep(dice_.chance(50) ? dice_.ms(0, 500) : dice_.ms(0, 8000));
    if (dice_.chance(20)) {
        world_.report_.count("two nodes at once");
        ++racing_;
        spawn(race());
    }
    co_await verify();
    while (racing_ > 0) {
        co_await world_.loop_.sleep(Milliseconds{20});
    }
    for (int again = 0; again < 2 && dice_.chance(35); ++again) {
        co_await world_.loop_.sleep(dice_.ms(0, 1500));
        co_await verify();
    }
}

Task<void> Customer::race() {
    co_await verify();
    --racing_;
}

Task<void> Customer::verify() {
    ++world_.report_.events;
    auto& node = some_node();
    const bool flawed = dice_.chance(5);
    const auto asked = dice_.chance(70) ? token_.number : world_.core_.some_number(dice_);
    const auto body = flawed ? std::string{"{"} : R"({"phoneNumber":")" + asked + "\"}";
    const auto authorization = "Bearer " + token_.text;
    http::Request request;
    request.method = http::Method::post;
    request.path = "/v1/verify";
    request.body = body;
    request.fields = {{"Content-Type", "application/json"}, {"Authorization", authorization}};
    request.peer = dice_.chance(30) ? world_.core_.somewhere(dice_) : server();
    const ApiFace face{
        .contract = contract_of(ContractVersion::v1),
        .errors = error_table(ErrorProfile::camara, ContractVersion::v1)};
    Attempt attempt{
        .asked = asked,
        .from = world_.loop_.now(),
        .first = token_.attempts == 0,
        .record_missing = record_missing(),
        .from_device = request.peer != server(),
        .standing = node.name() + " " + std::string{name_of(node.watch.basis().standing)} + " " +
                    std::to_string(node.watch.basis().watermark_age.count()) + " ms"};
    token_.attempts += flawed ? 0 : 1;
    auto going = node.verifier.answer(face, Operation::verify, request, deadline());
    const auto response = co_await going;
    if (flawed) {
        token_.flawed = true;
        if (response.status == 200) {
            world_.report_.violate("R13", "a request that cannot be read was answered");
        }
        co_return;
    }
    attempt.stepped = node.clock.wrong_since(attempt.from);
    attempt.record_missing = attempt.record_missing && record_missing();
    judge_answer(response, attempt);
}

bool Customer::record_missing() const {
    const auto sid = world_.vault().subscriber_id(Msisdn::parse(token_.number).value());
    return !world_.store_.primary().read({store_keys::subscriber(sid)}).front();
}

}  // namespace numproof::sim
