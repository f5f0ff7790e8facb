// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/listen_address.h"

#include <charconv>
#include <optional>

#include <sys/un.h>

namespace numproof {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kPathMax = sizeof(sockaddr_un::sun_path) - 1;

tl::unexpected<Error> refuse(std::string_view text) {
    return fail(
        ErrorCode::invalid_configuration,
        "not an address to listen on (1.2.3.4:9091, [::1]:9091 or unix:/path): " + std::string{text}
    );
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, port);
    return read.ec == std::errc{} && read.ptr == end ? std::optional{port} : std::nullopt;
}

std::string_view without_brackets(std::string_view host) {
    return host.substr(1, host.size() - 2);
}

}  // namespace

Result<ListenAddress> read_listen_address(std::string_view text) {
    if (text.starts_with(kUnix)) {
        const auto path = text.substr(kUnix.size());
        if (!path.starts_with('/') || path.size() > kPathMax ||
            path.find('\0') != std::string_view::npos) {
            return refuse(text);
        }
        return UnixAddress{std::string{path}};
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return refuse(text);
    }
    const auto host = text.substr(0, colon);
    const auto port = parse_port(text.substr(colon + 1));
    const bool is_v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const auto address = IpAddress::parse(is_v6 ? without_brackets(host) : host);
    if (!port || !address || (address->family() == IpAddress::Family::v6) != is_v6) {
        return refuse(text);
    }
    return TcpAddress{.address = *address, .port = *port};
}

std::string to_text(const ListenAddress& address) {
    if (const auto* unix_address = std::get_if<UnixAddress>(&address)) {
        return std::string{kUnix} + unix_address->path;
    }
    const auto& tcp = std::get<TcpAddress>(address);
    const auto host = tcp.address.to_text();
    const auto port = ":" + std::to_string(tcp.port);
    return tcp.address.family() == IpAddress::Family::v6 ? "[" + host + "]" + port : host + port;
}

}  // namespace numproof
