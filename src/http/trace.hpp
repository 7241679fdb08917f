#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/deadline.hpp"
#include "base/error.hpp"

namespace runnel {
class Event;
}

namespace runnel::http {

/// Hears that a connection stands: a new one, or one that is used again.
class ConnectionListener {
public:
    /// Called before the request goes out, perhaps inside a callback of libcurl, and perhaps again
    /// when libcurl takes another connection. It may mark and post.
    virtual void connected() noexcept = 0;

protected:
    ~ConnectionListener() = default;
};

/// What a client does for one hop, as whoever let it out may see it.
class Exchange {
public:
    /// Fails with \a reason, in a later turn. Not inside a callback of libcurl.
    virtual void give_up(const Error& reason) = 0;

protected:
    ~Exchange() = default;
};

/// What was seen on the wire for one input, whether it ended well or not. The caller makes it, the
/// client and its decorators fill it in as they go, and it is complete once the body has been read
/// to its end, has failed or was dropped.
class Trace {
public:
    using Time = std::optional<std::chrono::microseconds>;

    Trace() = default;

    /// Forgets the attempt before, but for what is counted over all of them.
    void prepare() {
        Trace next;
        next.attempts = attempts;
        next.queued = queued;
        next.turn = turn;
        next.hedged = hedged;
        *this = std::move(next);
    }
    /// A hop goes out \a now, after it was made to wait since \a asked. The attempt begins with its
    /// first hop.
    void admit(TimePoint asked, TimePoint now) {
        let_out = now;
        hedged = hedged || now_or_never;
        queued += now - asked;
        if (std::exchange(admitted, true)) {
            held_back += now - asked;
        } else {
            started = now;
            ++attempts;
        }
    }
    /// The end of an attempt that may take \a limit.
    [[nodiscard]] Deadline attempt_by(Duration limit) const {
        return Deadline::after(started, limit).later_by(held_back);
    }

    /// Once it is set, nobody may keep this input waiting for a permit: those who hold them wait
    /// for this input to go first. Null: there is no such order.
    Event* turn = nullptr;
    /// Goes out at once or not at all: see HedgeClient.
    bool now_or_never = false;
    bool hedged = false;  ///< A second attempt was made beside one.
    /// Told by the client of the hop, for whoever let it out; may be null.
    ConnectionListener* listener = nullptr;
    Exchange* exchange = nullptr;      ///< Null before it runs, such as while a name is looked up.
    bool admitted = false;             ///< The attempt has begun.
    TimePoint started;                 ///< When it has; all times count from here.
    std::optional<TimePoint> let_out;  ///< When the hop was, or the last one.
    Duration held_back{};  ///< For how long runnel itself made it wait between two hops.
    Duration queued{};     ///< For how long it waited to be let out, over all attempts.
    unsigned attempts = 0;
    unsigned redirects = 0;

    int status = 0;            ///< 0: no response.
    std::string http_version;  ///< "1.1", empty without a response.
    std::string content_type;
    std::string effective_url;        ///< The URL that was asked last, without a password.
    std::uint64_t size_download = 0;  ///< Body bytes on the wire, of the last hop.
    std::uint64_t size_header = 0;    ///< Of all hops.
    std::string remote_ip;
    std::uint16_t remote_port = 0;
    std::optional<int> curl_code;
    /// When the first certificate of those that the server of the last hop showed is no longer
    /// valid. None without TLS, and unless Policy::probe asks for it.
    std::optional<std::chrono::system_clock::time_point> certificate_expires;

    // Cumulative, as in curl; our own name look-up counts as curl's would.
    Time namelookup;
    Time connect;
    Time appconnect;
    Time pretransfer;
    Time starttransfer;
    Time redirect;
    Time total;
};

}  // namespace runnel::http
