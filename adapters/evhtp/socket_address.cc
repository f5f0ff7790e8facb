// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/socket_address.h"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <sys/un.h>

namespace numproof {
namespace {

sockaddr_storage name_of(int fd) noexcept {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
    return storage;
}

template <typename Name>
Name copy_as(const sockaddr& name) noexcept {
    Name copy{};
    std::memcpy(&copy, &name, sizeof copy);
    return copy;
}

}  // namespace

SocketAddress SocketAddress::of(const TcpAddress& address) noexcept {
    SocketAddress made;
    const auto octets = address.address.octets();
    if (address.address.family() == IpAddress::Family::v4) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(address.port);
        std::memcpy(&name.sin_addr, octets.data(), octets.size());
        std::memcpy(&made.storage_, &name, sizeof name);
        made.size_ = sizeof name;
        return made;
    }
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(address.port);
    std::memcpy(&name.sin6_addr, octets.data(), octets.size());
    std::memcpy(&made.storage_, &name, sizeof name);
    made.size_ = sizeof name;
    return made;
}

SocketAddress SocketAddress::of(const UnixAddress& address) noexcept {
    SocketAddress made;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(
        name.sun_path, address.path.data(), std::min(address.path.size(), sizeof name.sun_path - 1)
    );
    std::memcpy(&made.storage_, &name, sizeof name);
    made.size_ = sizeof name;
    return made;
}

std::uint16_t SocketAddress::bound_port(int fd) noexcept {
    const auto storage = name_of(fd);
    return endpoint_of(reinterpret_cast<const sockaddr&>(storage)).port;
}

ListenAddress SocketAddress::bound_to(int fd) {
    const auto storage = name_of(fd);
    if (storage.ss_family == AF_UNIX) {
        const auto name = copy_as<sockaddr_un>(reinterpret_cast<const sockaddr&>(storage));
        return UnixAddress{
            std::string{name.sun_path, strnlen(name.sun_path, sizeof name.sun_path)}};
    }
    const auto endpoint = endpoint_of(reinterpret_cast<const sockaddr&>(storage));
    return TcpAddress{.address = endpoint.address, .port = endpoint.port};
}

SourceEndpoint SocketAddress::endpoint_of(const sockaddr& name) noexcept {
    if (name.sa_family == AF_INET) {
        const auto v4 = copy_as<sockaddr_in>(name);
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &v4.sin_addr, octets.size());
        return {.address = IpAddress::v4(octets), .port = ntohs(v4.sin_port)};
    }
    if (name.sa_family == AF_INET6) {
        const auto v6 = copy_as<sockaddr_in6>(name);
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
        return {.address = IpAddress::v6(octets), .port = ntohs(v6.sin6_port)};
    }
    return {};
}

}  // namespace numproof
