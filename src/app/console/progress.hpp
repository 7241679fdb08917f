#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/console/log.hpp"
#include "async/task.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// How far a run is.
struct Progress {
    std::uint64_t ended = 0;  ///< Inputs that are done with, whatever became of them.
    std::uint64_t failed = 0;
    std::uint64_t retries = 0;
    std::size_t in_flight = 0;
    std::optional<double> expected;  ///< Inputs in all, as far as can be known before the end.
};

/// One line that tells it, of less than \a columns characters: a bar and when it will be over where
/// it is known how many inputs there are. \a rate: inputs a second, now; \a elapsed: since the
/// beginning.
[[nodiscard]] std::string progress_line(const Progress& progress, double rate, Duration elapsed,
                                        std::size_t columns);

/// Shows on the last line of a terminal how far a run is. What the log tells comes above it.
class ProgressBar {
public:
    enum class Wanted { Auto, On, Off };

    /// \a errors writes to stderr, and all must outlive this. On: on a terminal. Auto: also not
    /// when stdout is a terminal, because what is printed would end up in the bar.
    ProgressBar(Loop& loop, Output& errors, Log& log, Wanted wanted);
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar();

    /// Asks \a progress five times a second, and shows it, until stopped or end() was called.
    [[nodiscard]] Task<void> show(std::function<Progress()> progress);
    /// Takes the bar away, for good.
    void end() noexcept;

private:
    void draw(const Progress& progress);
    void erase() noexcept;

    Loop& loop_;
    Output& errors_;
    Log& log_;
    TimePoint began_;
    TimePoint drawn_at_;
    std::uint64_t ended_then_ = 0;
    std::optional<double> rate_;
    bool wanted_;
    bool shown_ = false;
};

}  // namespace runnel
