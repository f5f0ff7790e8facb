// SPDX-License-Identifier: Apache-2.0
#pragma once

// rdkafka_mock.h does not include what it needs, and sorting would put it first.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
