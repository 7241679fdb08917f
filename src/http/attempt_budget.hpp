#pragma once

#include <algorithm>
#include <cstdint>

namespace runnel::http {

/// How many attempts a run makes beyond one for each request, so that a server in trouble does not
/// get several times the load: one for so many requests, and a few in any case. Counts when there
/// is no such limit, too.
class AttemptBudget {
public:
    /// One for each \a requests, and \a at_least; no limit when \a limited is false.
    AttemptBudget(std::uint64_t requests, std::uint64_t at_least, bool limited = true) noexcept
        : requests_for_one_(requests), at_least_(at_least), limited_(limited) {}

    /// A request was begun; its further attempts are none.
    void count_request() noexcept { ++requests_; }
    /// Allows one attempt more, or does not.
    [[nodiscard]] bool try_spend() noexcept {
        if (limited_ && spent_ >= std::max(at_least_, requests_ / requests_for_one_)) {
            ++refused_;
            return false;
        }
        ++spent_;
        return true;
    }
    /// What was allowed last was not made after all.
    void take_back() noexcept { --spent_; }

    /// Attempts that were allowed.
    [[nodiscard]] std::uint64_t spent() const noexcept { return spent_; }
    /// Those that the limit prevented.
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
