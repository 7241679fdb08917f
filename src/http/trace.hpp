#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/deadline.hpp"
#include "base/error.hpp"

namespace runnel::http {

/// A server's certificate.
struct CertificateExpiry {
    std::chrono::system_clock::time_point expires;
    std::string subject;  ///< For people: `CN=www.example`.
};

/// What was measured for one input, whether it succeeded or failed. The caller creates it; the
/// client and its decorators fill it in. It is complete once the body has been read to its end, has
/// failed or was dropped.
class Trace {
public:
    using Time = std::optional<std::chrono::microseconds>;

    Trace() = default;

    /// Starts another attempt: resets everything except the totals over all attempts.
    void prepare() {
        Trace next;
        next.attempts = attempts;
        next.queued = queued;
        next.hedged = hedged;
        *this = std::move(next);
    }
    /// Records that a hop which asked for a permit at \a asked got it \a now. The attempt begins
    /// with its first hop.
    void admit(TimePoint asked, TimePoint now) {
        let_out = now;
        queued += now - asked;
        if (std::exchange(admitted, true)) {
            held_back += now - asked;
        } else {
            started = now;
            ++attempts;
        }
    }
    /// Returns the deadline of an attempt whose time limit is \a limit.
    [[nodiscard]] Deadline attempt_by(Duration limit) const {
        return Deadline::after(started, limit).later_by(held_back);
    }

    bool hedged = false;               ///< A hedge was sent for at least one hop.
    bool admitted = false;             ///< The attempt has begun.
    TimePoint started;                 ///< Begin of the attempt; all times count from here.
    std::optional<TimePoint> let_out;  ///< When the last hop got its permit.
    Duration held_back{};              ///< Time that hops after the first waited for permits.
    Duration queued{};                 ///< Time spent waiting for permits, over all attempts.
    unsigned attempts = 0;
    unsigned redirects = 0;

    bool delivered = false;    ///< Part of the body has been printed and cannot be taken back.
    int status = 0;            ///< 0 means no response.
    Duration retry_after{};    ///< Wait that the last response asks for: see retry_after_of().
    std::string http_version;  ///< "1.1"; empty without a response.
    std::string content_type;
    std::string effective_url;        ///< URL of the last hop, without a password.
    std::uint64_t size_download = 0;  ///< Body bytes on the wire, of the last hop.
    std::uint64_t size_header = 0;    ///< Header bytes of all hops.
    std::string remote_ip;
    std::uint16_t remote_port = 0;
    std::optional<int> curl_code;
    /// The first to expire of the certificates with which the servers of all hops were verified;
    /// see TlsSession::first_to_expire(). Not set without TLS, or unless Policy::probe asks for it.
    std::optional<CertificateExpiry> certificate;

    // Cumulative, as in curl. The name look-up is ours and is counted in the same way.
    Time namelookup;
    Time connect;
    Time appconnect;
    Time pretransfer;
    Time starttransfer;
    Time redirect;
    Time total;
};

}  // namespace runnel::http
