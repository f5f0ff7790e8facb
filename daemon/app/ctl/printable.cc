// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/ctl/printable.h"

namespace numproof::ctl {
namespace {

constexpr unsigned char kDelete = 0x7F;
constexpr unsigned char kLeadOfC1 = 0xC2;  // U+0080 to U+009F are C2 80 to C2 9F.
constexpr unsigned char kLastC1 = 0x9F;

bool is_c1(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]) == kLeadOfC1 && at + 1 < text.size() &&
           static_cast<unsigned char>(text[at + 1]) <= kLastC1;
}

enum class LineEnds { replaced, kept };

std::string without_controls(std::string_view text, LineEnds line_ends) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        const bool stays = octet == '\n' && line_ends == LineEnds::kept;
        if (is_c1(text, i)) {
            out += '?';
            ++i;
        } else if ((octet < ' ' && !stays) || octet == kDelete) {
            out += '?';
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string printable(std::string_view text) {
    return without_controls(text, LineEnds::replaced);
}

std::string printable_lines(std::string_view text) {
    return without_controls(text, LineEnds::kept);
}

}  // namespace numproof::ctl
