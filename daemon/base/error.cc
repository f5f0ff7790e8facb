// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/error.h"

namespace numproof {

std::string_view name_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::malformed:
            return "malformed";
        case ErrorCode::invalid_value:
            return "invalid_value";
        case ErrorCode::not_trusted:
            return "not_trusted";
        case ErrorCode::integrity_failure:
            return "integrity_failure";
        case ErrorCode::key_missing:
            return "key_missing";
        case ErrorCode::store_unavailable:
            return "store_unavailable";
        case ErrorCode::broker_unavailable:
            return "broker_unavailable";
        case ErrorCode::deadline_exceeded:
            return "deadline_exceeded";
        case ErrorCode::queue_full:
            return "queue_full";
        case ErrorCode::spool_full:
            return "spool_full";
        case ErrorCode::io_failure:
            return "io_failure";
        case ErrorCode::invalid_configuration:
            return "invalid_configuration";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::closed:
            return "closed";
    }
    return "unknown";
}

Fault fault_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::invalid_value:
        case ErrorCode::not_trusted:
        case ErrorCode::unsupported:
            return Fault::caller;
        case ErrorCode::integrity_failure:
        case ErrorCode::store_unavailable:
        case ErrorCode::broker_unavailable:
        case ErrorCode::deadline_exceeded:
        case ErrorCode::io_failure:
        case ErrorCode::closed:
            return Fault::dependency;
        case ErrorCode::queue_full:
        case ErrorCode::spool_full:
            return Fault::overload;
        case ErrorCode::key_missing:
        case ErrorCode::invalid_configuration:
            return Fault::operations;
    }
    return Fault::dependency;
}

}  // namespace numproof
