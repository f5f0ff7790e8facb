// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/chunked_body.h"
#include "daemon/http/field_line.h"
#include "daemon/http/limits.h"
#include "daemon/http/line_reader.h"
#include "daemon/http/message.h"
#include "daemon/http/request_line.h"

namespace numproof::http {

/// Reads one request after the other from a connection's octets, strictly (RFC 9112): what two
/// parsers could understand in two ways is refused.
///
/// It never sees the connection: the caller shows it all octets since the last request again,
/// with what has come in addition, and drops consumed() of them after each request. The outcome
/// does not depend on how the octets were cut up. Not thread-safe.
class RequestScanner {
public:
    enum class Scan : std::uint8_t {
        need_more,         ///< All is well so far.
        expects_continue,  ///< As need_more; said once: the client waits for `100 Continue`.
        complete,          ///< request() is there.
        refused            ///< refusal() says why. The connection cannot be used any more.
    };

    /// `rules` outlive the scanner.
    explicit RequestScanner(const ScanRules& rules);

    /// Reads on in `octets`, which begin with those of the last call since reset().
    [[nodiscard]] Scan scan(std::string_view octets);

    /// The request, once complete. Its views point into the octets of the last scan() and into
    /// the scanner; `peer` is for the caller to set.
    [[nodiscard]] Request& request() noexcept { return request_; }

    /// How many octets the request took, once complete.
    [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }

    /// Whether the client lets the connection stay open; once the head is complete.
    [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

    /// As far as it is known.
    [[nodiscard]] Version version() const noexcept { return version_; }

    /// As far as it is known.
    [[nodiscard]] Method method() const noexcept { return request_.method; }

    /// Why, once refused.
    [[nodiscard]] Refusal refusal() const noexcept { return refusal_; }

    /// True once the head is complete and the body is awaited.
    [[nodiscard]] bool in_body() const noexcept { return step_ == Step::body; }

    /// True if `octets` hold more than the empty line that may come before a request.
    [[nodiscard]] bool started(std::string_view octets) const noexcept {
        return octets.size() > head_at_;
    }

    /// What is known of the target's path by now; may be empty.
    [[nodiscard]] std::string_view known_path(std::string_view octets) const noexcept;

    /// The value of the only field called `name` among those that were read so far, also of a
    /// request that is refused.
    [[nodiscard]] std::optional<std::string_view> known_field_of(
        std::string_view octets, std::string_view name
    ) const;

    /// Begins the next request: the consumed octets are gone.
    void reset() noexcept;

private:
    enum class Step : std::uint8_t { request_line, fields, body, complete, refused };

    struct FieldSlices {
        Slice name;
        Slice value;
    };

    [[nodiscard]] Scan read_line(std::string_view octets);
    [[nodiscard]] Scan read_body(std::string_view octets);
    void take_request_line(std::string_view octets, Slice line);
    void take_field(std::string_view octets, Slice line);
    void note_field(KnownField known, const Field& field, Slice value);
    void note_once(Slice& known, Slice value);
    void end_head(std::string_view octets);
    [[nodiscard]] std::optional<Refusal> judge_head(std::string_view octets) const;
    [[nodiscard]] bool host_fits_target(std::string_view octets) const;
    [[nodiscard]] bool is_ours(std::string_view octets) const;
    [[nodiscard]] bool is_framing_sound(std::string_view octets) const;
    [[nodiscard]] std::optional<std::uint64_t> content_length(std::string_view octets) const;
    [[nodiscard]] bool body_is_awaited(std::string_view octets) const;
    void complete(std::string_view octets, std::size_t consumed);
    void refuse(Refusal refusal) noexcept;

    const ScanRules* rules_;
    Step step_ = Step::request_line;
    LineReader lines_;
    ChunkedBody chunks_;
    std::size_t head_at_ = 0;
    std::size_t body_at_ = 0;
    std::size_t body_size_ = 0;
    std::size_t consumed_ = 0;

    Slice method_name_;
    Slice authority_;
    Slice path_;
    Slice query_;
    std::vector<FieldSlices> fields_;
    Slice host_;
    Slice content_length_;
    Slice transfer_encoding_;
    Slice authorization_;
    Slice content_type_;

    Request request_;
    Version version_ = Version::http_1_1;
    Refusal refusal_ = Refusal::malformed;
    bool keep_alive_ = false;
    bool says_close_ = false;
    bool says_keep_alive_ = false;
    bool wants_continue_ = false;
    bool expects_else_ = false;
};

}  // namespace numproof::http
