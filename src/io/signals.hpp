#pragma once

#include <uv.h>

#include <optional>
#include <vector>

#include "async/queue.hpp"
#include "async/task.hpp"
#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Whether the program was started, or made, to ignore \a signal.
[[nodiscard]] bool is_ignored(int signal) noexcept;

/// Receives the signals that ask the program to end: SIGINT, SIGTERM and SIGHUP. A SIGHUP that is
/// ignored when this is made, as under nohup, stays ignored. The destructor restores the default
/// actions.
///
/// Call next() twice: the first signal asks for a drain, the second one ends the program.
class Signals {
public:
    explicit Signals(Loop& loop);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() = default;

    /// Waits for the next signal and returns its number. Cancelled when stop is requested: no
    /// signal is lost.
    [[nodiscard]] Task<int> next();

    /// The first signal received, whether or not next() has returned it. It determines the exit
    /// status.
    [[nodiscard]] std::optional<int> first() const noexcept { return first_; }

private:
    void watch(Loop& loop, int signal);
    void on_signal(int signal);

    std::optional<int> first_;
    Queue<int> received_;
    std::vector<HandlePtr<uv_signal_t>> watches_;
};

}  // namespace runnel
