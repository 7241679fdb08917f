#pragma once

#include <sys/types.h>
#include <uv.h>

#include <functional>
#include <memory>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel::detail {

/// Reaps one child in the loop's turns, and no other: SIGCHLD says that some child may have ended.
/// Whoever drops it before leaves a process that nobody waits for: see reap_alone().
class Child {
public:
    using OnExit = std::function<void(int code, int signal)>;

    /// Made before the process is started, so that its end cannot be missed. \a on_exit is called
    /// once, in the loop. Null, when there are no descriptors left, with \a error set.
    [[nodiscard]] static std::unique_ptr<Child> make(Loop& loop, OnExit on_exit, int& error);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() = default;

    void started(pid_t pid) noexcept { pid_ = pid; }
    /// Lets \a child live on until it has reaped, which the loop waits for when it ends; nobody
    /// hears of it.
    static void reap_alone(std::unique_ptr<Child> child) noexcept;

private:
    explicit Child(OnExit on_exit) : on_exit_(std::move(on_exit)) {}
    void look();

    OnExit on_exit_;
    pid_t pid_ = 0;  ///< 0: not started, or reaped.
    HandlePtr<uv_signal_t> signal_;
};

}  // namespace runnel::detail
