#pragma once

#include <cstddef>

#include "base/deadline.hpp"

namespace runnel {

/// Stops requests to an origin to which no connection can be made, and finds out when it is
/// available again: a circuit breaker (M. Nygard, "Release It!", 2007) that probes with one request
/// at a time. It opens after a number of failed connections in a row; then all requests are
/// refused. One second later, and one second after each probe that failed, the next request is sent
/// as a probe; a connection closes it.
///
/// Before the first connection to an origin, no more attempts are made at once than failures open
/// the breaker, so that an unreachable origin costs one timeout instead of one per job. Makes no
/// calls itself: the caller reports events.
class CircuitBreaker {
public:
    static constexpr Duration kProbeInterval = std::chrono::seconds(1);

    /// Opens after \a failures in a row; 0 means never, and no limit.
    explicit CircuitBreaker(std::size_t failures) noexcept : opens_after_(failures) {}

    /// Returns whether a request must be refused \a now.
    [[nodiscard]] bool is_open(TimePoint now) const noexcept {
        return open_ && (probing_ || now < probe_at_);
    }
    /// Returns whether another request may be sent in addition to \a in_flight others, unless
    /// is_open().
    [[nodiscard]] bool allows_another(std::size_t in_flight) const noexcept {
        return open_ || connected_ || opens_after_ == 0 || in_flight < opens_after_;
    }

    /// Reports that a request is sent. Returns true if it is the probe: then connected(), failed()
    /// or give_up() must be called.
    [[nodiscard]] bool begin() noexcept {
        probing_ = open_;
        return open_;
    }
    /// Reports a connection. Returns true if more requests are allowed than before.
    [[nodiscard]] bool connected() noexcept;
    /// Reports that \a now a connection failed. Returns true if the breaker has opened: then
    /// requests that are still connecting should be aborted.
    [[nodiscard]] bool failed(TimePoint now, bool probe) noexcept;
    /// Reports that the probe ended \a now without a result.
    void give_up(TimePoint now) noexcept;

    /// Returns whether this can be discarded \a now, because a new one would behave the same or
    /// nearly so: failures are forgotten after a minute.
    [[nodiscard]] bool is_idle(TimePoint now) const noexcept;

private:
    std::size_t opens_after_;
    std::size_t failures_ = 0;  ///< In a row.
    TimePoint probe_at_;
    TimePoint failed_at_;
    bool connected_ = false;  ///< Whether a connection was made.
    bool open_ = false;
    bool probing_ = false;
};

}  // namespace runnel
