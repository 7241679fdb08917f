#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/histogram.hpp"
#include "pipeline/limit_changes.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// Facts of a run that its records do not contain.
class RunFacts {
public:
    explicit RunFacts(const Histogram& lag) : loop_lag(lag) {}

    const Histogram& loop_lag;
    Duration elapsed{};
    std::uint64_t read = 0;
    std::uint64_t skipped = 0;  ///< Inputs that an earlier run delivered.
    bool input_left = false;    ///< The input was not read to its end.
    std::size_t peak_in_flight = 0;
    std::uint64_t hedges = 0;
    TimePoint started;
    const LimitChanges* limit_changes = nullptr;  ///< Null unless limits are adaptive.
};

/// Counts and times of the inputs of a run.
class RunStats {
public:
    void count(const Record& record);

    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    [[nodiscard]] std::uint64_t cancelled() const noexcept { return cancelled_; }
    /// Returns the number of inputs with this class of failure.
    [[nodiscard]] std::uint64_t count_of(ErrorClass error_class) const {
        return by_class_[static_cast<std::size_t>(error_class)];
    }
    [[nodiscard]] std::uint64_t retries() const noexcept { return retries_; }
    /// Returns how many were not fetched because their file existed (`--no-clobber`).
    [[nodiscard]] std::uint64_t kept() const noexcept { return kept_; }
    /// Returns how many were delivered, kept or failed.
    [[nodiscard]] std::uint64_t ended() const noexcept { return delivered_ + kept_ + failed_; }

    /// Returns a text like `7 delivered, 1 failed, 2 cancelled (1 dns)`.
    [[nodiscard]] std::string counts() const;
    /// Returns the counts with bytes, speed and latency, as text.
    [[nodiscard]] std::string summary(const RunFacts& run) const;
    /// Returns all statistics as one JSON object and a newline (`--stats`).
    [[nodiscard]] std::string json(const RunFacts& run) const;

private:
    static constexpr std::size_t kClasses = static_cast<std::size_t>(ErrorClass::Internal) + 1;

    struct Phase {
        std::string_view name;
        Record::Time Record::*time;
    };
    static constexpr std::array<Phase, 8> kTimes = {{
        {"time_namelookup", &Record::time_namelookup},
        {"time_connect", &Record::time_connect},
        {"time_appconnect", &Record::time_appconnect},
        {"time_pretransfer", &Record::time_pretransfer},
        {"time_starttransfer", &Record::time_starttransfer},
        {"time_redirect", &Record::time_redirect},
        {"time_queue", &Record::time_queue},
        {"time_total", &Record::time_total},
    }};
    [[nodiscard]] const Histogram& time_total() const { return times_.back(); }

    std::uint64_t delivered_ = 0;
    std::uint64_t kept_ = 0;  ///< Kept files; not included in delivered_.
    std::uint64_t failed_ = 0;
    std::uint64_t cancelled_ = 0;
    std::uint64_t fetched_ = 0;  ///< Inputs with a request that was sent and not cancelled.
    std::uint64_t attempts_ = 0;
    std::uint64_t retries_ = 0;
    std::uint64_t bytes_ = 0;
    std::array<std::uint64_t, kClasses> by_class_{};
    std::array<Histogram, kTimes.size()> times_;
};

}  // namespace runnel
