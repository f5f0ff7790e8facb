// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/columns.h"

#include <algorithm>
#include <string_view>

namespace numproof::ctl {
namespace {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

}  // namespace

std::string columns(const std::vector<Row>& rows, std::size_t left) {
    std::vector<std::size_t> widths(rows.empty() ? 0 : rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool last = i + 1 == row.size();
            const std::string space(last ? 0 : widths[i] - width_of(row[i]), ' ');
            out += i < left || last ? row[i] + space : space + row[i];
            out += last ? "\n" : "  ";
        }
    }
    return out;
}

}  // namespace numproof::ctl
