// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/base/time.h"

namespace numproof {

/// A topic of ours, and how long its records must be kept; zero: the operator alone knows.
struct TopicNeeds {
    std::string topic;
    Milliseconds retention{0};
};

}  // namespace numproof
