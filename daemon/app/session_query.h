// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/app/loop_directory.h"
#include "daemon/auth/form.h"
#include "daemon/base/json_writer.h"
#include "daemon/domain/proof.h"
#include "daemon/http/message.h"
#include "daemon/ports/audit_log.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/directory_reader.h"

namespace numproof {

/// Answers `numproofctl session lookup`: what the directory knows of an address, a session or a
/// number. It gives pseudonyms as they stand in the audit trail, never a number or an IMSI (rule
/// R15); each look-up has its admin event on disk before it is answered. For one event loop.
class SessionQuery {
public:
    /// Foundation and log outlive it.
    SessionQuery(
        const Foundation& foundation, std::shared_ptr<LoopDirectory> directory, AuditLog& audit
    );

    /// The request's body is a form with `address` and perhaps `port`; `session` and `source`; or
    /// `number` and `reason`. 400 when it is none of these, 404 when nothing is known, 503 when
    /// nothing can be known now or the event cannot be kept.
    [[nodiscard]] Task<http::Response> look_up(const http::Request& request, Deadline deadline);

private:
    /// What was found, and what it is about: for the event.
    struct Found {
        JsonWriter json;        ///< Inside an object.
        std::string object;     ///< A pseudonym, or empty.
        bool something = true;  ///< False: nothing is known.
    };

    [[nodiscard]] Task<Result<Found>> find(Form form, Deadline deadline);
    [[nodiscard]] Task<Result<Found>> by_address(SourceEndpoint source, Deadline deadline);
    [[nodiscard]] Task<Result<Found>> by_session(SessionId id, Deadline deadline);
    [[nodiscard]] Task<Result<Found>> by_number(SubscriberId id, Deadline deadline);
    [[nodiscard]] Task<Result<std::optional<Bytes>>> read(std::string key, Deadline deadline);
    [[nodiscard]] Task<Result<bool>> add_session(JsonWriter& json, SessionId id, Deadline deadline);
    [[nodiscard]] std::string reference(std::string_view kind, std::string_view octets) const;

    const Foundation& foundation_;
    const std::shared_ptr<LoopDirectory> directory_;
    RecordStore& store_;
    DirectoryStanding& standing_;
    const Vault& vault_;
    AuditLog& audit_;
    DirectoryCounters counters_;  ///< Operators' look-ups do not count as sign-ins.
    DirectoryRules rules_;
    DirectoryReader reader_;
};

}  // namespace numproof
