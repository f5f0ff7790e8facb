// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "daemon/config/setting_table.h"

/// The sections of the table of settings, each in a file of its own.
namespace numproof::sections {

/// In every section about TLS of which we choose the version.
inline constexpr Setting kTlsMinVersion{
    .key = "min_version",
    .type = SettingType::choice,
    .fallback = "\"1.2\"",
    .doc = "Oldest version of TLS that is spoken.",
    .choices = "1.2|1.3"};

[[nodiscard]] std::span<const Setting> node() noexcept;
[[nodiscard]] std::span<const Setting> http() noexcept;
[[nodiscard]] std::span<const Setting> auth() noexcept;
[[nodiscard]] std::span<const Setting> directory() noexcept;
[[nodiscard]] std::span<const Setting> kafka() noexcept;
[[nodiscard]] std::span<const Setting> ingest() noexcept;
[[nodiscard]] std::span<const Setting> audit() noexcept;
[[nodiscard]] std::span<const Setting> log() noexcept;

}  // namespace numproof::sections
