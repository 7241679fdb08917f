#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "async/context.hpp"
#include "base/deadline.hpp"

namespace runnel::detail {

class Waiter;

/// The waiters of one primitive, in FIFO order. Owns nothing: each waiter lives in the frame of the
/// coroutine that waits.
class WaiterList {
public:
    WaiterList() = default;
    WaiterList(const WaiterList&) = delete;
    WaiterList& operator=(const WaiterList&) = delete;
    ~WaiterList();

    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] Waiter* first() const noexcept { return first_; }

private:
    friend class Waiter;
    void append(Waiter& waiter) noexcept;
    void remove(Waiter& waiter) noexcept;

    Waiter* first_ = nullptr;
    Waiter* last_ = nullptr;
};

/// The base of every awaiter that can suspend: one suspended coroutine, and how its wait ended:
/// done, stopped or late. The first of finish(), a stop request and the deadline decides, once; it
/// posts the coroutine and does not resume it. So a finished wait stays finished when a stop
/// arrives in the same turn, and nothing handed to it is lost.
///
/// An awaiter's `await_suspend` calls enter(), tries to finish at once (and then returns false),
/// else calls wait_in(); its `await_resume` calls leave() before anything else.
class Waiter : private Timer {
public:
    /// Ends the wait as done and posts the coroutine. Returns false if it had ended already.
    bool finish() noexcept { return end(Outcome::Done); }

protected:
    Waiter() = default;
    ~Waiter() override = default;

    /// Returns false if stop was requested already: do not wait, leave() will throw.
    /// \a line is that of the `co_await`, a default argument of `await_suspend`.
    template <class Promise>
    [[nodiscard]] bool enter(std::coroutine_handle<Promise> self, int line) noexcept {
        PromiseBase& promise = promise_of(self);
        promise.at.line = line;
        return enter(self, *promise.context);
    }
    /// Suspends the coroutine until finish(), a stop request or \a deadline. \a list may be null.
    void wait_in(WaiterList* list, Deadline deadline = Deadline::never());
    /// Suspends the coroutine until finish(), ignoring stop requests: for joins, which must wait
    /// for every child.
    void wait_for_finish() noexcept { begin(); }
    /// Returns true if the deadline ended the wait; throws Cancelled if a stop request did.
    bool leave();

    [[nodiscard]] Scheduler& scheduler() const noexcept { return *context_->scheduler; }

private:
    friend class WaiterList;
    enum class Outcome { Waiting, Done, Stopped, Late };
    struct OnStop {
        Waiter* waiter;
        void operator()() const noexcept { waiter->end(Outcome::Stopped); }
    };

    [[nodiscard]] bool enter(std::coroutine_handle<> self, const Context& context) noexcept;
    void begin() noexcept;
    bool end(Outcome outcome) noexcept;
    void expire() noexcept final { end(Outcome::Late); }

    std::coroutine_handle<> self_;
    const Context* context_ = nullptr;
    WaiterList* list_ = nullptr;
    Waiter* previous_ = nullptr;
    Waiter* next_ = nullptr;
    std::optional<std::stop_callback<OnStop>> on_stop_;
    std::uint64_t wait_number_ = 0;  ///< Of debug::begin_wait(); 0 if not registered.
    Outcome outcome_ = Outcome::Done;
};

}  // namespace runnel::detail
