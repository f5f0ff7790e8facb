// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/forwarded.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/http/octets.h"

namespace numproof::http {
namespace {

constexpr std::size_t kHopsMax = 32;

using Elements = std::vector<std::string_view>;

struct Source {
    SourceEndpoint endpoint;
    std::size_t from_right = 0;  ///< 0: the hop that our peer added.
};

bool is_trusted(const IpAddress& address, std::span<const IpPrefix> trusted) {
    return std::ranges::any_of(trusted, [&](const IpPrefix& prefix) {
        return prefix.contains(address);
    });
}

/// Splits at `separator` outside quoted strings; nothing when a quote stays open.
bool split(std::string_view text, char separator, Elements& parts) {
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == separator && !quoted) {
            parts.push_back(trimmed(text.substr(begin, i - begin)));
            begin = i + 1;
        }
    }
    parts.push_back(trimmed(text.substr(begin)));
    return !quoted;
}

/// All elements of all fields called `name`, in order; nothing when they cannot be told apart.
std::optional<Elements> elements_of(const Request& request, std::string_view name) {
    Elements elements;
    for (const auto& field : request.fields) {
        if (equal_ignoring_case(field.name, name) && !split(field.value, ',', elements)) {
            return std::nullopt;
        }
    }
    return elements.size() <= kHopsMax ? std::optional{elements} : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    const bool whole = read.ec == std::errc{} && read.ptr == end && port != 0;
    return whole ? std::optional{port} : std::nullopt;
}

std::optional<SourceEndpoint> endpoint_of(std::string_view host, std::string_view port_suffix) {
    const auto address = IpAddress::parse(host);
    if (!address) {
        return std::nullopt;
    }
    if (port_suffix.empty()) {
        return SourceEndpoint{.address = *address, .port = 0};
    }
    const auto port =
        port_suffix.starts_with(':') ? parse_port(port_suffix.substr(1)) : std::nullopt;
    return port ? std::optional{SourceEndpoint{.address = *address, .port = *port}} : std::nullopt;
}

/// `address`, `v4:port`, `[v6]` or `[v6]:port`.
std::optional<SourceEndpoint> parse_endpoint(std::string_view text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        return close == std::string_view::npos
                   ? std::nullopt
                   : endpoint_of(text.substr(1, close - 1), text.substr(close + 1));
    }
    if (std::ranges::count(text, ':') != 1) {
        return endpoint_of(text, {});
    }
    const auto colon = text.find(':');
    return endpoint_of(text.substr(0, colon), text.substr(colon));
}

/// The node of the one `for=` of an element; a quoted string may not hold an escape.
std::optional<SourceEndpoint> parse_forwarded(std::string_view element) {
    Elements pairs;
    std::optional<std::string_view> node;
    split(element, ';', pairs);
    for (const auto pair : pairs) {
        const auto equals = std::min(pair.size(), pair.find('='));
        if (!equal_ignoring_case(pair.substr(0, equals), "for")) {
            continue;
        }
        if (node) {
            return std::nullopt;
        }
        node = pair.substr(std::min(pair.size(), equals + 1));
    }
    if (node && node->size() >= 2 && node->front() == '"' && node->back() == '"') {
        node = node->substr(1, node->size() - 2);
    }
    return node ? parse_endpoint(*node) : std::nullopt;
}

/// The right-most element that is not a trusted hop.
std::optional<Source> right_most_untrusted(
    const Elements& elements,
    std::span<const IpPrefix> trusted,
    std::optional<SourceEndpoint> (*parse)(std::string_view)
) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const auto endpoint = parse(elements[elements.size() - 1 - i]);
        if (!endpoint) {
            return std::nullopt;
        }
        if (!is_trusted(endpoint->address, trusted)) {
            return Source{.endpoint = *endpoint, .from_right = i};
        }
    }
    return std::nullopt;
}

/// Puts the port of `X-Forwarded-Port` in; false when it contradicts or is no port.
bool add_port(const Elements& ports, std::size_t hops, Source& source) {
    if (ports.empty()) {
        return true;
    }
    if (ports.size() != 1 && ports.size() != hops) {
        return false;
    }
    const auto index = ports.size() == 1 ? 0 : ports.size() - 1 - source.from_right;
    const auto port = parse_port(ports[index]);
    if (!port || (source.endpoint.port != 0 && source.endpoint.port != *port)) {
        return false;
    }
    source.endpoint.port = *port;
    return true;
}

}  // namespace

Result<SourceEndpoint> real_source(const Request& request, std::span<const IpPrefix> trusted) {
    if (!is_trusted(request.peer.address, trusted)) {
        return request.peer;
    }
    const auto hops = elements_of(request, "x-forwarded-for");
    const auto ports = elements_of(request, "x-forwarded-port");
    const auto forwarded = elements_of(request, "forwarded");
    if (!hops || !ports || !forwarded) {
        return fail(ErrorCode::malformed, "forwarded fields cannot be read");
    }
    // A hop that maintains one of the two may let the other through as the client wrote it.
    if (hops->empty() == forwarded->empty()) {
        return fail(ErrorCode::malformed, "neither or both of X-Forwarded-For and Forwarded");
    }
    auto source = hops->empty() ? right_most_untrusted(*forwarded, trusted, parse_forwarded)
                                : right_most_untrusted(*hops, trusted, parse_endpoint);
    if (!source || (!hops->empty() && !add_port(*ports, hops->size(), *source))) {
        return fail(ErrorCode::malformed, "forwarded fields name no source");
    }
    return source->endpoint;
}

}  // namespace numproof::http
