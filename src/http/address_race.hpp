#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/scheduler.hpp"
#include "base/result.hpp"
#include "http/ip_network.hpp"
#include "io/connect_probe.hpp"

namespace runnel::http {

/// Connection Attempt Delay of RFC 8305, section 8: time after which the next address is tried
/// beside those that have not answered.
constexpr Duration kAttemptDelay = std::chrono::milliseconds(250);

/// Returns \a addresses with the families alternating (RFC 8305, section 4), beginning with the
/// family of the first. Keeps the order within a family, and drops repeated addresses and texts
/// that are not addresses.
[[nodiscard]] std::vector<IpAddress> interleave_families(const std::vector<std::string>& addresses);

/// Finds the first of several addresses that accepts a connection (RFC 8305, section 5). Attempts
/// begin in order, one each kAttemptDelay, or at once when another fails, and all continue until
/// one succeeds.
class AddressRace final : Timer {
public:
    /// Begins an attempt, as probe_tcp() does. An error means that it could not begin for lack of
    /// resources: the address is tried again after kAttemptDelay.
    using Probe = std::function<Result<std::unique_ptr<ConnectProbe>>(const IpAddress& address,
                                                                      std::function<void()> ended)>;

    /// Begins with the first address in the next turn. Calls \a ended once, from a timer, when
    /// there is a winner or all addresses have failed; no socket is open then. \a ended may destroy
    /// the race. \a scheduler and all that \a probe uses must outlive it.
    AddressRace(Scheduler& scheduler, std::vector<IpAddress> addresses, Probe probe,
                std::function<void()> ended);
    AddressRace(const AddressRace&) = delete;
    AddressRace& operator=(const AddressRace&) = delete;
    /// Closes the sockets of the attempts.
    ~AddressRace() override { scheduler_.cancel(*this); }

    [[nodiscard]] const std::optional<IpAddress>& winner() const noexcept { return winner_; }
    /// Returns the addresses to which an attempt has begun.
    [[nodiscard]] std::vector<IpAddress> tried() const { return {addresses_.begin(), next_}; }

private:
    struct Attempt {
        IpAddress address;
        std::unique_ptr<ConnectProbe> probe;
    };

    void expire() noexcept override;
    [[nodiscard]] bool drop_ended();
    void begin_next(TimePoint now);

    Scheduler& scheduler_;
    std::vector<IpAddress> addresses_;
    Probe probe_;
    std::function<void()> ended_;
    std::vector<IpAddress>::const_iterator next_;
    TimePoint next_at_;
    std::optional<IpAddress> winner_;
    std::vector<Attempt> attempts_;
};

}  // namespace runnel::http
