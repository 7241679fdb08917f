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

/// A Loop that turns in a thread of its own, for programs whose other threads want answers:
///
///     LoopThread background;
///     Future<Page> page = background.submit(fetch(url));
///     ...
///     show(page.get());
///
/// Any thread may submit, one may finalize, and it must outlive these calls. The thread takes no
/// part in the program's signals (io/signals_blocked.hpp).
class LoopThread {
public:
    /// Returns when the loop turns.
    LoopThread();
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;
    /// Finalizes without patience.
    ~LoopThread();

    /// Runs \a task on the loop, where it starts in a later turn; those of one thread start in the
    /// order of their submission. The failure of one disturbs no other. After finalize() the task
    /// is dropped, and the Future is Cancelled.
    template <class T>
    Future<T> submit(Task<T> task, SourcePlace made = SourcePlace::here()) {
        auto state = std::make_shared<detail::FutureState<T>>(made);
        Future<T> future(state);
        hand_over(detail::fulfil(std::move(task), detail::Promise<T>(state)), state);
        return future;
    }
    /// The same for a task that needs the loop, for a client or a process: `make(loop)` gives the
    /// task, on the loop's thread. \a make lives until its task is over, so it may be a lambda with
    /// captures that is a coroutine.
    template <std::invocable<Loop&> Make>
    auto submit(Make make, SourcePlace made = SourcePlace::here()) {
        return submit(make_and_run(std::move(make), loop_), made);
    }

    struct Failure {
        SourcePlace made;
        std::exception_ptr exception;
    };
    /// What finalize() found; the places are those of the submissions.
    struct Leftovers {
        /// Tasks that were not over in time and were asked to stop, in the order of submission.
        std::vector<SourcePlace> cancelled;
        /// Failures that no get() has shown so far, in the order of time.
        std::vector<Failure> failures;
    };
    /// Ends it: accepts no more tasks, waits at most \a timeout for those there are, asks the rest
    /// to stop, waits for them however long they take, and joins the thread. Not from a task of the
    /// loop. A second call finds nothing.
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

    void hand_over(Task<void> work, std::shared_ptr<detail::FutureStateBase> future);
    // On the loop's thread:
    void adopt(Ticket ticket, Task<void> work, std::shared_ptr<detail::FutureStateBase> future);
    void cancel(Ticket ticket) noexcept;
    void ended(Ticket ticket);
    [[nodiscard]] Task<void> serve(std::promise<void> turning);

    Loop loop_;

    // The loop thread's, and after it has been joined, finalize()'s.
    TaskGroup* group_ = nullptr;
    std::map<Ticket, Submission> running_;
    UnseenFailures<detail::FutureStateBase> failed_;
    std::vector<SourcePlace> cancelled_;
    Event ending_;
    /// Set while no task is in hand.
    Event idle_;
    Deadline patience_;

    /// Orders submissions and the end of them.
    std::mutex mutex_;
    Ticket last_ticket_ = 0;
    bool finalized_ = false;

    std::thread thread_;
};

}  // namespace runnel
