#pragma once

#include <cstddef>

#include "base/deadline.hpp"

namespace runnel {

/// Gives an origin up to which no connection can be made, and finds out when it is there again: a
/// circuit breaker (M. Nygard, "Release It!", 2007) with one request at a time as its probe. After
/// so many failures to connect in a row it is open, and every request is refused. A second later,
/// and a second after each probe that failed, the next request may try; a connection closes it.
///
/// An origin that was never connected to gets no more attempts at once than failures open it, so
/// that one in a black hole costs one time-out and not one for each job. Pure: it is told what
/// happens.
class CircuitBreaker {
public:
    static constexpr Duration kBetweenProbes = std::chrono::seconds(1);

    /// \a failures in a row open it; with 0 it never opens, and limits nothing.
    explicit CircuitBreaker(std::size_t failures) noexcept : opens_after_(failures) {}

    /// Whether a request is to be refused \a now.
    [[nodiscard]] bool is_open(TimePoint now) const noexcept {
        return open_ && (probing_ || now < probe_at_);
    }
    /// Whether one more may go out beside \a out others, as far as it is not refused.
    [[nodiscard]] bool is_writable(std::size_t out) const noexcept {
        return open_ || connected_ || opens_after_ == 0 || out < opens_after_;
    }

    /// A request goes out. True: it is the probe, for which connected(), failed() or give_up() has
    /// to be called.
    [[nodiscard]] bool begin() noexcept {
        probing_ = open_;
        return open_;
    }
    /// A connection stands. True: more may go out than before.
    [[nodiscard]] bool connected() noexcept;
    /// None could be made \a now. True: that has opened it, so that what is still connecting is of
    /// no use.
    [[nodiscard]] bool failed(TimePoint now, bool probe) noexcept;
    /// The probe has ended \a now, and it is not known what would have become of it.
    void give_up(TimePoint now) noexcept;

    /// Whether a new one would do the same \a now, or as good as: trouble is forgotten after a
    /// minute.
    [[nodiscard]] bool is_rested(TimePoint now) const noexcept;

private:
    std::size_t opens_after_;
    std::size_t failures_ = 0;  ///< In a row.
    TimePoint probe_at_;
    TimePoint failed_at_;
    bool connected_ = false;  ///< At least once.
    bool open_ = false;
    bool probing_ = false;
};

}  // namespace runnel
