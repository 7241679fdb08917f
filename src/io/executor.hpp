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

/// Threads for code that blocks, so that the loop does not:
///
///     Executor executor(loop, 4);
///     const Digest digest = co_await executor.run(digest_of_file, path);
///
/// Calls are begun in the order in which they came, as threads become free. The threads take no
/// part in the program's signals (io/signals_blocked.hpp).
///
/// A running call cannot be interrupted, so that whoever awaits it waits for its end whatever
/// happens: what it was given, and what it refers to in the awaiting task, is there until then. A
/// program ends no sooner than its longest call.
///
/// Children that a call starts by itself (system(), popen()) inherit the blocked signals.
///
/// Belongs to the loop's thread. The scheduler must outlive it; it must outlive its calls.
class Executor {
public:
    Executor(Scheduler& scheduler, std::size_t threads);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor();

    /// Awaiting it calls `function(arguments...)` in one of the threads, with copies of their own,
    /// or moved as one asks; gives the value, or throws the exception.
    ///
    /// A stop before the call began: Cancelled, and it never begins. A stop while it runs: waits
    /// for it; then its exception if it failed, else Cancelled, and its value is dropped.
    ///
    /// No lambda that captures by value inside the `co_await` itself (docs/coroutines.md): give it
    /// a name first, or pass values as arguments.
    template <class Function, class... Arguments>
    [[nodiscard]] auto run(Function&& function, Arguments&&... arguments) {
        using Awaiter = Call<std::decay_t<Function>, std::decay_t<Arguments>...>;
        return Awaiter(*this, std::forward<Function>(function),
                       std::forward<Arguments>(arguments)...);
    }

    [[nodiscard]] std::size_t threads() const noexcept { return threads_.size(); }

private:
    class Job;
    template <class Function, class... Arguments>
    class Call;

    explicit Executor(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}
    void work();
    void enqueue(Job& job);
    /// False: a thread has it.
    bool withdraw(Job& job);
    void deliver();

    Scheduler& scheduler_;
    /// Calls that are not over, as far as the loop knows.
    std::size_t in_hand_ = 0;

    std::mutex mutex_;
    std::condition_variable work_changed_;
    std::list<Job*> queue_;
    std::vector<Job*> finished_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

/// One call and the coroutine that waits for it, in whose frame it lives.
class Executor::Job : detail::Waiter {
public:
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

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
    explicit Job(Executor& executor) noexcept : executor_(executor) {}
    ~Job() override = default;

    /// True when a stop came before the call was over; throws Cancelled when it came before the
    /// call began.
    bool stopped();
    /// On one of the threads.
    virtual void call() noexcept = 0;

private:
    friend class Executor;
    struct OnStop {
        Job* job;
        void operator()() const noexcept { job->stop(); }
    };
    void stop() noexcept;
    void end() noexcept;

    Executor& executor_;
    /// Its place in the queue, until a thread takes it; guarded by the executor's mutex.
    std::optional<std::list<Job*>::iterator> place_;
    std::optional<std::stop_callback<OnStop>> on_stop_;
    bool over_ = false;
    bool begun_ = true;
    bool stopped_ = false;
};

template <class Function, class... Arguments>
class Executor::Call final : public Executor::Job {
    using Value = std::invoke_result_t<Function, Arguments...>;
    static_assert(!std::is_reference_v<Value>,
                  "what runs in an Executor gives a value: a reference would outlive its call");

public:
    template <class F, class... Args>
    explicit Call(Executor& executor, F&& function, Args&&... arguments)
        : Job(executor),
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
