#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/console/log.hpp"
#include "app/console/progress_mode.hpp"
#include "async/task.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// The state of a run.
struct Progress {
    std::uint64_t ended = 0;    ///< Inputs that are done: also failed ones.
    std::uint64_t skipped = 0;  ///< Ended inputs that were not fetched: their output exists.
    std::uint64_t failed = 0;
    std::uint64_t retries = 0;
    std::size_t in_flight = 0;
    std::optional<double> expected;  ///< Estimated total of inputs, if known.
};

/// Returns a line of less than \a columns characters. It has a bar and the time left if the total
/// is known. \a rate is the current number of inputs per second, \a elapsed the time since the
/// start.
[[nodiscard]] std::string progress_line(const Progress& progress, double rate, Duration elapsed,
                                        std::size_t columns);

/// Shows the progress on the last line of a terminal. Lines of the log appear above it.
class ProgressBar {
public:
    /// \a errors writes to stderr. All must outlive this.
    ProgressBar(Loop& loop, Output& errors, Log& log, ProgressMode mode);
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar();

    /// Shows \a progress five times a second, until it is cancelled or end() is called.
    [[nodiscard]] Task<void> show(std::function<Progress()> progress);
    /// Removes the bar; it does not appear again.
    void end() noexcept;

private:
    void draw(const Progress& progress);
    void erase() noexcept;

    Loop& loop_;
    Output& errors_;
    Log& log_;
    TimePoint began_;
    TimePoint drawn_at_;
    std::uint64_t fetched_then_ = 0;
    std::optional<double> rate_;
    bool wanted_;
    bool shown_ = false;
};

}  // namespace runnel
