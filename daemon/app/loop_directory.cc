// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/loop_directory.h"

#include "daemon/app/options_of.h"

namespace numproof {

LoopDirectory::LoopDirectory(Foundation& foundation, EventLoop& loop)
    : stores(foundation, loop),
      standing(
          {.store = stores.records(),
           .clock = foundation.clock,
           .loop = loop,
           .vault = foundation.vault},
          standing_limits_of(foundation.settings())
      ),
      numbers(
          {.store = stores.records(),
           .standing = standing,
           .clock = foundation.clock,
           .vault = foundation.vault,
           .counters = foundation.directory},
          directory_rules_of(foundation.settings()),
          routing_domains_of(foundation.settings())
      ) {}

}  // namespace numproof
