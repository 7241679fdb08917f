#pragma once

#include <algorithm>
#include <cstdint>

namespace runnel::http {

/// Limits the additional attempts (retries, hedges) of a run, so that a server in trouble does not
/// get several times the load: a share of the requests, and a few in any case. Also counts when
/// unlimited.
class AttemptBudget {
public:
    /// Allows one attempt for every \a requests; \a at_least attempts are always allowed. Unlimited
    /// if \a limited is false.
    AttemptBudget(std::uint64_t requests, std::uint64_t at_least, bool limited = true) noexcept
        : requests_for_one_(requests), at_least_(at_least), limited_(limited) {}

    /// Counts a request; its additional attempts are not requests.
    void count_request() noexcept { ++requests_; }
    /// Returns whether one more attempt may be made, and counts it as allowed or refused.
    [[nodiscard]] bool try_spend() noexcept {
        if (limited_ && spent_ >= std::max(at_least_, requests_ / requests_for_one_)) {
            ++refused_;
            return false;
        }
        ++spent_;
        return true;
    }
    /// Returns an allowed attempt that was not made.
    void take_back() noexcept { --spent_; }

    /// Number of allowed attempts.
    [[nodiscard]] std::uint64_t spent() const noexcept { return spent_; }
    /// Number of refused attempts.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

private:
    std::uint64_t requests_for_one_;
    std::uint64_t at_least_;
    bool limited_;
    std::uint64_t requests_ = 0;
    std::uint64_t spent_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace runnel::http
