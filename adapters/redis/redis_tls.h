// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/redis/redis_socket.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

struct ssl_ctx_st;
struct event_base;

namespace numproof {

/// TLS to Redis and its sentinels: whom we believe and who we are. Shared by all loops,
/// thread-safe. Files that were changed are read again for the next connection; if they are not
/// good (half written, a key without its certificate) what was read before stays in use. TLS 1.2 or
/// newer, no renegotiation, no resumption: connections live long.
class RedisTls {
public:
    /// Files are PEM.
    struct Settings {
        std::string ca_file;           ///< Who may have issued the server's certificate.
        std::string certificate_file;  ///< Ours, with its chain. Empty: we show none.
        std::string key_file;          ///< Our private key, without a password.
        std::string server_name;       ///< In the server's certificate; empty: host of the address.
        bool only_tls13 = false;
    };

    /// Reads the files. Blocking. `invalid_configuration` names the file that is missing, no PEM,
    /// not valid today, open to everybody, or that does not fit another one.
    [[nodiscard]] static Result<std::shared_ptr<const RedisTls>> make(const Settings& settings);

    ~RedisTls();
    RedisTls(const RedisTls&) = delete;
    RedisTls& operator=(const RedisTls&) = delete;

    /// A connection that has not begun yet. It reports BEV_EVENT_CONNECTED once the peer has proved
    /// to be `host` (or Settings::server_name): a name or an address in the subjectAltName of its
    /// certificate, RFC 9525; common names do not count.
    [[nodiscard]] Result<BuffereventPtr> connection(event_base& base, const std::string& host)
        const;

    /// When the first of the certificates ends that we show on the next connection; nothing: we
    /// show none. Looks at the files, as connection() does.
    [[nodiscard]] std::optional<WallTime> expires() const;

private:
    struct ContextFreer {
        void operator()(ssl_ctx_st* context) const noexcept;
    };

    using Context = std::unique_ptr<ssl_ctx_st, ContextFreer>;
    using SharedContext = std::shared_ptr<ssl_ctx_st>;

    RedisTls(Context context, Settings settings, std::string stamp) noexcept;

    [[nodiscard]] static Result<Context> load(const Settings& settings);
    [[nodiscard]] SharedContext newest() const;

    const Settings settings_;
    mutable std::mutex mutex_;
    mutable SharedContext context_;  // Guarded by mutex_, as what follows.
    mutable std::string stamp_;      // Which files were looked at last.
};

/// Why TLS on a connection that has just failed did not come about; an empty detail if it was not
/// TLS that failed. `invalid_configuration`: certificates or versions do not fit, and somebody has
/// to change that; otherwise `store_unavailable`.
[[nodiscard]] Error tls_failure_of(bufferevent& failed);

/// Whether what is sent on a connection must go through TLS.
[[nodiscard]] bool speaks_tls(bufferevent& connection) noexcept;

}  // namespace numproof
