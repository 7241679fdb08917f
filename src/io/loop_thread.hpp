#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "async/task_handle.hpp"
#include "async/unseen_failures.hpp"
#include "base/source_place.hpp"
#include "io/future.hpp"
#include "io/loop.hpp"

namespace runnel {

/// A Loop that runs in a thread of its own, for programs whose other threads need its results:
///
///     LoopThread background;
///     Future<Page> page = background.submit(fetch(url));
///     ...
///     show(page.get());
///
/// submit() may be called from any thread, finalize() from one; this must outlive the calls. The
/// program's signals are blocked in the thread (io/signals_blocked.hpp).
class LoopThread {
public:
    /// Returns once the loop runs.
    LoopThread();
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;
    /// Calls finalize() with a timeout of zero.
    ~LoopThread();

    /// Runs \a task on the loop. It starts in a later turn; tasks submitted by one thread start in
    /// the order of submission. The failure of a task does not affect others. After finalize() the
    /// task is dropped and the Future is Cancelled.
    template <class T>
    Future<T> submit(Task<T> task, SourcePlace made = SourcePlace::here()) {
        auto state = std::make_shared<detail::FutureState<T>>(made);
        Future<T> future(state);
        enqueue(detail::fulfil(std::move(task), detail::Promise<T>(state)), state);
        return future;
    }
    /// The same for a task that needs the loop, for a client or a process: `make(loop)` returns the
    /// task, and is called on the loop's thread. \a make lives until the task has ended, so it may
    /// be a coroutine lambda with captures.
    template <std::invocable<Loop&> Make>
    auto submit(Make make, SourcePlace made = SourcePlace::here()) {
        return submit(make_and_run(std::move(make), loop_), made);
    }

    struct Failure {
        SourcePlace made;
        std::exception_ptr exception;
    };
    /// The result of finalize(). The places are those of the submissions.
    struct Leftovers {
        /// Tasks that did not end in time and were asked to stop, in the order of submission.
        std::vector<SourcePlace> cancelled;
        /// Failures that no get() has thrown so far, in chronological order.
        std::vector<Failure> failures;
    };
    /// Ends the thread: accepts no more tasks, waits at most \a timeout for the running ones, asks
    /// the rest to stop, waits for them without a limit, and joins the thread. Must not be called
    /// from a task of the loop. A second call returns an empty result.
    Leftovers finalize(Duration timeout);

private:
    struct Submission {
        Submission(TaskHandle<void> spawned, std::shared_ptr<detail::FutureStateBase> promised)
            : handle(std::move(spawned)), future(std::move(promised)) {}

        TaskHandle<void> handle;
        std::shared_ptr<detail::FutureStateBase> future;
    };
    using Ticket = std::uint64_t;

    template <class Make>
    static std::invoke_result_t<Make&, Loop&> make_and_run(Make make, Loop& loop) {
        auto task = make(loop);
        co_return co_await std::move(task);
    }

    void enqueue(Task<void> task, std::shared_ptr<detail::FutureStateBase> future);
    // Called on the loop's thread.
    void start(Ticket ticket, Task<void> task, std::shared_ptr<detail::FutureStateBase> future);
    void cancel(Ticket ticket) noexcept;
    void on_done(Ticket ticket);
    [[nodiscard]] Task<void> serve(std::promise<void> running);

    Loop loop_;

    // For the loop's thread, and for finalize() after it has joined that.
    TaskGroup* group_ = nullptr;
    std::map<Ticket, Submission> running_;
    UnseenFailures<detail::FutureStateBase> failed_;
    std::vector<SourcePlace> cancelled_;
    Event ending_;
    /// Set while no task is running.
    Event idle_;
    Deadline finalize_deadline_;

    /// Makes every submission come either before or after finalize().
    std::mutex mutex_;
    Ticket last_ticket_ = 0;
    bool finalized_ = false;

    std::thread thread_;
};

}  // namespace runnel
