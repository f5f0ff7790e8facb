// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace numproof {

/// Everything that can go wrong, named for what happened rather than for where.
/// The names are public (log field `error=`, metric label `error`): renaming one is a breaking
/// change.
enum class ErrorCode : std::uint8_t {
    malformed,              ///< Bytes from outside break their grammar.
    invalid_value,          ///< Well-formed, but outside what is allowed.
    not_trusted,            ///< A signature, secret or claim does not hold.
    integrity_failure,      ///< A sealed value does not open under its key (rule R11).
    key_missing,            ///< A value is sealed with a key that our key file does not have.
    store_unavailable,      ///< The directory's store did not answer, or refused to serve.
    broker_unavailable,     ///< Kafka did not answer, or refused to serve.
    deadline_exceeded,      ///< The time that was given ran out.
    queue_full,             ///< One of our own bounds was hit.
    spool_full,             ///< The audit spool has reached its size.
    io_failure,             ///< The operating system refused.
    invalid_configuration,  ///< The operator has to change a setting.
    unsupported,            ///< Asked for something that this build does not do.
    closed,                 ///< The component is stopping.
};

/// Who has to act. It decides the status class, the log level and whether a retry may help.
enum class Fault : std::uint8_t {
    caller,      ///< The request itself is wrong; repeating it cannot help.
    dependency,  ///< Redis, Kafka, the disk or the network failed; it may pass.
    overload,    ///< One of our own bounds was hit; back off.
    operations,  ///< The operator has to change something.
};

/// A failure on its way to whoever can act on it.
/// `detail` is for the operator: it never reaches a caller, and never holds a token or a number.
struct [[nodiscard]] Error {
    ErrorCode code{};
    std::string detail;
};

/// The public name of `code`, as it stands in logs and metrics.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// Who has to act on `code`.
[[nodiscard]] Fault fault_of(ErrorCode code) noexcept;

}  // namespace numproof
