// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace numproof {

/// One of several servers that a store is spread over, in one of its lives. Texts without `,`
/// and `/`.
struct StoreMember {
    std::string node;      ///< Its name, which outlives its restarts.
    std::string data;      ///< The name of its stream of writes.
    std::string followed;  ///< The stream that it was promoted from; empty: it was not.
    std::string life;      ///< Another one after each restart, promotion or emptying.
};

/// The name of the life of a store that is spread over `members`: any of them in another life, or
/// another set of them, gives another name.
[[nodiscard]] std::string name_of_life(std::vector<StoreMember> members);

/// Whether `life` is that of a store that is spread over several servers.
[[nodiscard]] bool is_spread(std::string_view life);

/// Whether what was written in the life `before` is still there in the life `now`, but for the
/// newest writes (a failover loses some). A store of one piece says by its generation marker that
/// it came back empty, and by `~` and a number at the end of its name how much it has thrown away
/// since it began: any two of its lives in which that did not grow are continuous. Of a store that
/// is spread over several servers one may have come back empty, or older than the others, and no
/// marker on another one would tell: each server must live on, or be succeeded by another one that
/// followed it.
[[nodiscard]] bool continues(std::string_view before, std::string_view now);

}  // namespace numproof
