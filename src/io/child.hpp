#pragma once

#include <sys/types.h>
#include <uv.h>

#include <functional>
#include <memory>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel::detail {

/// Reaps one child process, and no other, in the loop's turns: SIGCHLD only says that some child
/// may have ended. Dropping this before the child has ended leaves a zombie: see reap_alone().
class Child {
public:
    using OnExit = std::function<void(int code, int signal)>;

    /// Call it before the process is started, so that its exit cannot be missed. \a on_exit is
    /// called once, on the loop's thread. Returns null if there are no descriptors left, with
    /// \a error set to the errno.
    [[nodiscard]] static std::unique_ptr<Child> make(Loop& loop, OnExit on_exit, int& error);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() = default;

    void started(pid_t pid);
    /// Keeps \a child alive until it has reaped its process; the loop waits for that when it ends.
    /// The exit is not reported.
    static void reap_alone(std::unique_ptr<Child> child) noexcept;

    /// Whether orphans become children of this process, because it is PID 1.
    [[nodiscard]] static bool adopts_orphans() noexcept;
    /// Reaps the orphans that have ended. Each Child does so as well when it has reaped its own
    /// process, because reaping stops at a process that belongs to a Child.
    static void reap_orphans() noexcept;

private:
    explicit Child(OnExit on_exit) : on_exit_(std::move(on_exit)) {}
    void reap(int signal);

    OnExit on_exit_;
    pid_t pid_ = 0;  ///< 0 before the start and after the exit.
    HandlePtr<uv_signal_t> signal_;
};

}  // namespace runnel::detail
