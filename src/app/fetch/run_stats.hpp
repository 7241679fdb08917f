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

/// What is known of a run beside its records.
class RunFacts {
public:
    explicit RunFacts(const Histogram& lag) : loop_lag(lag) {}

    const Histogram& loop_lag;
    Duration elapsed{};
    std::uint64_t read = 0;
    std::uint64_t skipped = 0;  ///< Of them: delivered by an earlier run.
    bool input_left = false;    ///< The input was not read to its end.
    std::size_t peak_in_flight = 0;
    std::uint64_t hedges = 0;
    TimePoint started;
    const LimitChanges* limit_changes = nullptr;  ///< Null when limits are not found out.
};

/// What became of the inputs of a run, counted.
class RunStats {
public:
    void count(const Record& record);

    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    [[nodiscard]] std::uint64_t cancelled() const noexcept { return cancelled_; }
    [[nodiscard]] std::uint64_t retries() const noexcept { return retries_; }
    /// Delivered or failed.
    [[nodiscard]] std::uint64_t ended() const noexcept { return delivered_ + failed_; }

    /// `7 delivered, 1 failed (1 dns), 2 cancelled`
    [[nodiscard]] std::string counts() const;
    /// The counts with bytes, speed and latency.
    [[nodiscard]] std::string summary(const RunFacts& run) const;
    /// The same and more for programs: one JSON object on one line, with its newline (`--stats`).
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
    std::uint64_t failed_ = 0;
    std::uint64_t cancelled_ = 0;
    std::uint64_t attempts_ = 0;
    std::uint64_t retries_ = 0;
    std::uint64_t bytes_ = 0;
    std::array<std::uint64_t, kClasses> by_class_{};
    std::array<Histogram, kTimes.size()> times_;
};

}  // namespace runnel
