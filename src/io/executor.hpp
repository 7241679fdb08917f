#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/outcome.hpp"
#include "async/waiter.hpp"

namespace runnel {

/// Runs blocking functions in threads, so that they do not block the loop:
///
///     Executor executor(loop, 4);
///     const Digest digest = co_await executor.run(digest_of_file, path);
///
/// Calls begin in the order in which they were awaited, as threads become free. The program's
/// signals are blocked in the threads (io/signals_blocked.hpp), and so in child processes that a
/// call starts with system() or popen().
///
/// A running call cannot be interrupted. The awaiting task always waits for its end, so the call
/// may refer to objects of the task; a program cannot end before its longest call.
///
/// Everything here is for the loop's thread. The scheduler must outlive this, and this must outlive
/// its calls.
class Executor {
public:
    Executor(Scheduler& scheduler, std::size_t threads);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor();

    /// When awaited, calls `function(arguments...)` in one of the threads, and returns its value or
    /// throws its exception. \a function and \a arguments are copied, or moved if they are rvalues.
    ///
    /// If stop is requested before the call begins, it never begins, and Cancelled is thrown. If
    /// stop is requested during the call, waits for its end; then its exception is thrown if it
    /// failed, else Cancelled, and its value is dropped.
    ///
    /// Do not write a lambda that captures by value inside the `co_await` itself
    /// (docs/coroutines.md): give it a name first, or pass the values as arguments.
    template <class Function, class... Arguments>
    [[nodiscard]] auto run(Function&& function, Arguments&&... arguments) {
        using Awaiter = Call<std::decay_t<Function>, std::decay_t<Arguments>...>;
        return Awaiter(*this, std::forward<Function>(function),
                       std::forward<Arguments>(arguments)...);
    }

    [[nodiscard]] std::size_t threads() const noexcept { return threads_.size(); }

private:
    class WorkItem;
    template <class Function, class... Arguments>
    class Call;

    explicit Executor(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}
    void run_thread();
    void enqueue(WorkItem& item);
    /// Returns false if a thread has taken it already.
    bool withdraw(WorkItem& item);
    void deliver();

    Scheduler& scheduler_;
    /// Number of calls whose end was not delivered yet.
    std::size_t pending_ = 0;

    std::mutex mutex_;
    std::condition_variable queue_changed_;
    std::list<WorkItem*> queue_;
    std::vector<WorkItem*> finished_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

/// One call, in the frame of the coroutine that awaits it.
class Executor::WorkItem : detail::Waiter {
public:
    WorkItem(const WorkItem&) = delete;
    WorkItem& operator=(const WorkItem&) = delete;

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
        if (!enter(self, line)) {
            return false;
        }
        wait_for_finish();
        executor_.enqueue(*this);
        on_stop_.emplace(self.promise().context->stop, OnStop{this});
        return true;
    }

protected:
    explicit WorkItem(Executor& executor) noexcept : executor_(executor) {}
    ~WorkItem() override = default;

    /// Whether stop was requested before the call ended. Throws Cancelled if that was before it
    /// began.
    bool stopped();
    /// Called in one of the threads.
    virtual void call() noexcept = 0;

private:
    friend class Executor;
    struct OnStop {
        WorkItem* item;
        void operator()() const noexcept { item->stop(); }
    };
    void stop() noexcept;
    void end() noexcept;

    Executor& executor_;
    /// Its place in the queue until a thread takes it. Guarded by the executor's mutex.
    std::optional<std::list<WorkItem*>::iterator> place_;
    std::optional<std::stop_callback<OnStop>> on_stop_;
    bool ended_ = false;
    bool begun_ = true;
    bool stopped_ = false;
};

template <class Function, class... Arguments>
class Executor::Call final : public Executor::WorkItem {
    using Value = std::invoke_result_t<Function, Arguments...>;
    static_assert(!std::is_reference_v<Value>,
                  "a function in an Executor must return a value: a reference could dangle");

public:
    template <class F, class... Args>
    explicit Call(Executor& executor, F&& function, Args&&... arguments)
        : WorkItem(executor),
          function_(std::forward<F>(function)),
          arguments_(std::forward<Args>(arguments)...) {}

    Value await_resume() {
        if (stopped() && !result_.exception()) {
            throw Cancelled();
        }
        return result_.get();
    }

private:
    void call() noexcept override {
        try {
            if constexpr (std::is_void_v<Value>) {
                std::apply(std::move(function_), std::move(arguments_));
                result_.set_value();
            } else {
                result_.set_value(std::apply(std::move(function_), std::move(arguments_)));
            }
        } catch (...) {
            result_.set_exception(std::current_exception());
        }
    }

    Function function_;
    std::tuple<Arguments...> arguments_;
    runnel::Outcome<Value> result_;
};

}  // namespace runnel
