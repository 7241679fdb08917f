#pragma once

#include <uv.h>

#include <optional>
#include <vector>

#include "async/queue.hpp"
#include "async/task.hpp"
#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// The signals that ask the program to end: SIGINT, SIGTERM and SIGHUP. A SIGHUP that is ignored
/// when this is made, as under nohup, stays ignored. When this dies they get their default back.
///
/// Await next() twice: the first asks for a drain, the second ends the program.
class Signals {
public:
    explicit Signals(Loop& loop);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() = default;

    /// The number of the first signal that nobody has taken yet; waits for one. Cancelled when stop
    /// is requested: no signal is lost.
    [[nodiscard]] Task<int> next();

    /// The first signal that came at all: what the exit status tells.
    [[nodiscard]] std::optional<int> first() const noexcept { return first_; }

private:
    void watch(Loop& loop, int signal);
    void came(int signal);

    std::optional<int> first_;
    Queue<int> waiting_;
    std::vector<HandlePtr<uv_signal_t>> watches_;
};

}  // namespace runnel
