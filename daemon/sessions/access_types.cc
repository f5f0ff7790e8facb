// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/access_types.h"

#include <algorithm>
#include <array>

namespace numproof::decoding {
namespace {

// UTRAN, GERAN, HSPA Evolution, E-UTRAN, NB-IoT, LTE-M, NR; NR of TS 29.561 and in unlicensed
// bands.
constexpr std::array<std::int64_t, 9> kRadiusRats{1, 2, 5, 6, 8, 9, 10, 51, 52};

// UTRAN, GERAN, HSPA_EVOLUTION, EUTRAN, EUTRAN-NB-IoT, NR, LTE-M, NR-U. GAN (1002) runs over Wi-Fi.
constexpr std::array<std::int64_t, 8> kDiameterRats{1000, 1001, 1003, 1004, 1005, 1006, 1007, 1008};

// 3GPP-GPRS, 3GPP-EPS, 3GPP-5GS.
constexpr std::array<std::int64_t, 3> kIpCans{0, 5, 8};

constexpr std::array<std::string_view, 16> kRatNames{
    "UTRAN",
    "UTRA",
    "GERAN",
    "GERA",
    "HSPA-Evolution",
    "HSPA_EVOLUTION",
    "EUTRAN",
    "E-UTRAN",
    "EUTRA",
    "EUTRAN-NB-IoT",
    "NB-IoT",
    "LTE-M",
    "LTE_M",
    "NR",
    "NR-U",
    "NR_U"};

constexpr std::array<std::string_view, 3> kIpCanNames{"3GPP-GPRS", "3GPP-EPS", "3GPP-5GS"};

template <typename List, typename Value>
Access three_gpp_if_in(const List& list, const Value& value) noexcept {
    return std::ranges::find(list, value) != list.end() ? Access::three_gpp : Access::non_three_gpp;
}

}  // namespace

Access access_of_radius_rat(std::int64_t value) noexcept {
    return three_gpp_if_in(kRadiusRats, value);
}

Access access_of_diameter_rat(std::int64_t value) noexcept {
    return three_gpp_if_in(kDiameterRats, value);
}

Access access_of_ip_can(std::int64_t value) noexcept {
    return three_gpp_if_in(kIpCans, value);
}

Access access_of_rat(std::string_view name) noexcept {
    return three_gpp_if_in(kRatNames, name);
}

Access access_of_ip_can(std::string_view name) noexcept {
    return three_gpp_if_in(kIpCanNames, name);
}

}  // namespace numproof::decoding
