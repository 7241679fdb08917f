#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace runnel {

/// How many inputs of a run may fail (`--fail-early`, `--max-fail`): past that it is stopped.
class FailureLimit {
public:
    /// Every failure counts, and none stops the run.
    FailureLimit() = default;
    /// The first failure stops it.
    [[nodiscard]] static FailureLimit none_allowed() noexcept;
    /// `N` failures, or `P%` of the inputs. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<FailureLimit> parse(std::string_view text);

    /// Whether the run is to be stopped, when of \a ended inputs so many have \a failed. A
    /// percentage says nothing before there are kSample: the first failure would be all of them.
    [[nodiscard]] bool stops(std::uint64_t failed, std::uint64_t ended) const noexcept;
    /// Whether \a failed of all inputs are more than was allowed, at the end.
    [[nodiscard]] bool exceeded(std::uint64_t failed, std::uint64_t ended) const noexcept;

    static constexpr std::uint64_t kSample = 100;

private:
    enum class Kind { Unlimited, Count, Percentage };

    FailureLimit(Kind kind, double allowed) noexcept : kind_(kind), allowed_(allowed) {}

    Kind kind_ = Kind::Unlimited;
    double allowed_ = 0;  ///< Inputs, or hundredths of them.
};

}  // namespace runnel
