#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel {

/// Maximum number of failed inputs (`batch`: lines) before the run is stopped (`--fail-early`,
/// `--max-fail`).
class FailureLimit {
public:
    /// Allows no failed input, but never stops the run.
    FailureLimit() = default;
    /// Allows no failed input, and stops the run at the first.
    [[nodiscard]] static FailureLimit none_allowed() noexcept;
    /// Parses `N` failures, or `P%` of the inputs. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<FailureLimit> parse(std::string_view text);

    /// Whether to stop the run after \a failed of \a ended inputs. A percentage is not applied to
    /// fewer than kSample inputs, because the first failure could be 100 % of them.
    [[nodiscard]] bool stops(std::uint64_t failed, std::uint64_t ended) const noexcept;
    /// Whether \a failed of \a ended inputs are more than allowed, at the end of the run.
    [[nodiscard]] bool exceeded(std::uint64_t failed, std::uint64_t ended) const noexcept;

    static constexpr std::uint64_t kSample = 100;

    /// The limit as it was given: `10`, `5%`; empty if unlimited.
    [[nodiscard]] std::string to_string() const;

private:
    enum class Kind { Unlimited, Count, Percentage };

    FailureLimit(Kind kind, double allowed) noexcept : kind_(kind), allowed_(allowed) {}

    Kind kind_ = Kind::Unlimited;
    double allowed_ = 0;  ///< Inputs, or percent of them.
};

}  // namespace runnel
