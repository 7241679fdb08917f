#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/histogram.hpp"
#include "json/record.hpp"

namespace runnel {

/// What became of the inputs of a run, counted.
class RunStats {
public:
    void count(const Record& record);

    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    [[nodiscard]] std::uint64_t cancelled() const noexcept { return cancelled_; }

    /// `7 delivered, 1 failed (1 dns), 2 cancelled`
    [[nodiscard]] std::string counts() const;
    /// The counts with bytes, speed and latency, for \a elapsed time.
    [[nodiscard]] std::string summary(Duration elapsed, const Histogram& loop_lag) const;

private:
    static constexpr std::size_t kClasses = static_cast<std::size_t>(ErrorClass::Internal) + 1;

    std::uint64_t delivered_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t cancelled_ = 0;
    std::uint64_t bytes_ = 0;
    std::array<std::uint64_t, kClasses> by_class_{};
    Histogram time_total_;
};

}  // namespace runnel
