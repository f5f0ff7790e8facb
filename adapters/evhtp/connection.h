// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "adapters/evhtp/front.h"
#include "adapters/evhtp/wire.h"
#include "daemon/http/request_scanner.h"

namespace numproof {

/// One client: its requests one after the other, each answered before the next is looked at.
///
/// Closing is always ours and always lingers: the last answer goes out, the client is told, what
/// it still sends is read and thrown away for a while, so that no reset overtakes the answer.
/// It stays in memory while a handler works on its request, even when the client has gone.
/// Everything on one event loop.
class Connection final : public Wire::Owner, public std::enable_shared_from_this<Connection> {
public:
    /// Whether its requests are handled, or answered with 503 because there are too many.
    enum class Admission : std::uint8_t { welcome, overloaded };

    Connection(std::shared_ptr<Front> front, const SourceEndpoint& peer, Admission admission);
    ~Connection() override;

    /// Begins to read. False when there is no memory for it.
    [[nodiscard]] bool open(evhtp_connection& accepted);

    /// Acts on what has not happened in time.
    void check(MonoTime now);

    /// Goes on with what could not be done inside a callback. From the loop.
    void advance();

    /// The next answer is the last one; if nothing is under way it must be asked for soon. What is
    /// on its way to us when an idle connection is closed would be lost. A handshake keeps its
    /// time.
    void drain();

    /// Closes now. From the loop.
    void abandon();

    /// True once it is closed; it may be forgotten then.
    [[nodiscard]] bool ended() const noexcept { return phase_ == Phase::ended; }

    [[nodiscard]] const SourceEndpoint& peer() const noexcept { return peer_; }

    /// Where it stands in the server's list.
    std::size_t slot = 0;

private:
    enum class Phase : std::uint8_t {
        handshake,
        idle,
        head,
        body,
        handling,
        closing,
        lingering,
        ended
    };

    Intake take(evbuffer& arrived) override;
    void dispatch() override;
    void established() override;
    void handshake_failed(HandshakeFailure failure) override;
    void peer_closed() override;
    void broken() override;
    void all_sent() override;

    [[nodiscard]] bool receiving() const noexcept { return phase_ <= Phase::body; }

    [[nodiscard]] Intake scan();
    void await_more();
    void starve();
    void discard(evbuffer& arrived);
    void answer(const http::Response& response);
    void refuse(http::Refusal refusal);
    void send(const http::Response& response, http::Persistence persistence);
    void enter(Phase phase, Milliseconds time);
    void forget_request();
    void begin_close();
    void end();
    void time_out();
    [[nodiscard]] bool writing_has_stopped(MonoTime now);

    static constexpr std::size_t kNothingUnsent = std::numeric_limits<std::size_t>::max();

    std::shared_ptr<Front> front_;
    SourceEndpoint peer_;
    Admission admission_;
    Phase phase_ = Phase::idle;
    bool peer_closed_ = false;
    bool stalled_ = false;
    MonoTime deadline_{};
    MonoTime write_deadline_{};
    std::size_t sent_ = 0;
    std::size_t taken_mark_ = kNothingUnsent;  // What of sent_ was taken at the last check.
    std::size_t discarded_ = 0;
    std::shared_ptr<const HttpServerOptions> options_;
    http::RequestScanner scanner_;
    std::string octets_;
    std::unique_ptr<Wire> wire_;
};

}  // namespace numproof
