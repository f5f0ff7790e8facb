// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/token_file.h"

#include <fstream>
#include <sstream>

namespace numproof::bench {

Result<TokenFile> TokenFile::read(const std::string& path) {
    const auto bad = [&path](const std::string& why) {
        return fail(ErrorCode::invalid_value, "--tokens: " + path + ": " + why);
    };
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return bad("cannot be read");
    }
    std::ostringstream text;
    text << file.rdbuf();
    TokenFile tokens;
    tokens.text_ = std::move(text).str();
    if (!tokens.text_.ends_with('\n')) {
        tokens.text_ += '\n';
    }
    tokens.length_ = tokens.text_.find('\n');
    const auto step = tokens.length_ + 1;
    if (tokens.length_ == 0) {
        return bad("its first line is empty");
    }
    for (std::size_t at = tokens.length_; at < tokens.text_.size(); at += step) {
        if (tokens.text_[at] != '\n' || tokens.text_.find('\n', at + 1 - step) != at) {
            return bad("its lines have not all the same length");
        }
    }
    if (tokens.text_.size() % step != 0) {
        return bad("its lines have not all the same length");
    }
    return tokens;
}

}  // namespace numproof::bench
