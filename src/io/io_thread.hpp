#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/deadline.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A thread that makes blocking system calls on a descriptor, and can be ended nevertheless. The
/// program's signals are blocked in it (io/signals_blocked.hpp).
class IoThread {
public:
    /// Throws std::system_error if the system lacks descriptors for it.
    IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread() { stop(); }

    /// Starts the thread; can be called once. What \a body uses must live until stop() has
    /// returned.
    void start(std::function<void()> body);
    [[nodiscard]] bool started() const noexcept { return thread_.joinable(); }

    /// Asks the thread to end, and waits until it has. Its wait() returns, and blocking system
    /// calls are interrupted (EINTR) repeatedly; the body must then check stop_requested().
    void stop() noexcept;

    /// Makes the thread's current or next wait() return.
    void wake() noexcept;

    [[nodiscard]] bool stop_requested() const noexcept { return stop_requested_; }

    /// Called by the thread: waits until one of poll()'s \a events or an error occurs on
    /// \a descriptor, until wake() is called, or until \a deadline. Returns the events that
    /// occurred, or 0. A negative descriptor has no events.
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
