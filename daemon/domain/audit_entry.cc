// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/audit_entry.h"

namespace numproof {

std::string_view type_of(AuditKind kind) noexcept {
    switch (kind) {
        case AuditKind::verification_answered:
            return "io.numproof.verification.answered.v1";
        case AuditKind::verification_denied:
            return "io.numproof.verification.denied.v1";
        case AuditKind::token_issued:
            return "io.numproof.token.issued.v1";
        case AuditKind::authorization_denied:
            return "io.numproof.authorization.denied.v1";
        case AuditKind::refusals:
            return "io.numproof.refusals.v1";
        case AuditKind::admin:
            return "io.numproof.admin.v1";
        case AuditKind::config:
            return "io.numproof.config.v1";
        case AuditKind::integrity:
            return "io.numproof.integrity.v1";
        case AuditKind::checkpoint:
            return "io.numproof.checkpoint.v1";
    }
    return "";
}

}  // namespace numproof
