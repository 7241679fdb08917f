#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/deadline.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A thread that makes blocking system calls on a descriptor, and that can be ended all the same.
///
/// It takes no part in the program's signals, except those that are about itself: faults, SIGTTIN
/// and SIGTTOU (with them blocked, a terminal would answer a background job with EIO instead of
/// stopping it), and SIGURG, with which stop() interrupts a call that blocks.
class IoThread {
public:
    IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread() { stop(); }

    /// Starts the thread, once. What \a body uses must live until stop() has returned.
    void start(std::function<void()> body);
    [[nodiscard]] bool started() const noexcept { return thread_.joinable(); }

    /// Asks the thread to end and waits until it has. Its wait() returns, and a system call that
    /// blocks is interrupted (EINTR) as often as it takes; the body must then look at
    /// stop_requested().
    void stop() noexcept;

    /// Makes the thread's wait() return, the present one or the next.
    void wake() noexcept;

    [[nodiscard]] bool stop_requested() const noexcept { return stop_requested_; }

    /// For the thread: waits until \a descriptor has one of poll()'s \a events or is in error,
    /// until somebody wakes it, or until \a deadline. Gives what the descriptor has; 0 when it has
    /// nothing. A negative descriptor has nothing ever.
    [[nodiscard]] short wait(int descriptor, short events, Deadline deadline = Deadline::never());

private:
    void run(const std::function<void()>& body);

    UniqueFd wake_;
    std::atomic<bool> stop_requested_ = false;
    std::mutex mutex_;
    std::condition_variable left_changed_;
    bool left_ = false;
    std::thread thread_;
};

}  // namespace runnel
