#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "async/cancelled.hpp"
#include "async/context.hpp"
#include "base/deadline.hpp"

namespace runnel::detail {

class Waiter;

/// The waiters of one primitive, first come first served. Owns nothing: each waiter lives in the
/// frame of the coroutine that waits.
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

/// One suspended coroutine and the single decision how its wait ended: done, stopped or late.
/// Whichever comes first decides, once; it posts the coroutine and resumes nobody. So a wait that
/// was satisfied stays satisfied when a stop arrives in the same turn, and nothing handed over to
/// it is lost.
///
/// The base of every awaiter that really waits. An awaiter's `await_suspend` calls enter(), tries
/// to finish at once (and then returns false), else calls wait_in(); its `await_resume` calls
/// leave() before anything else.
class Waiter : private Timer {
public:
    /// Ends the wait as done and posts the coroutine. False: it had ended otherwise already.
    bool finish() noexcept { return end(Outcome::Done); }

protected:
    Waiter() = default;
    ~Waiter() override = default;

    /// False: stop was requested before, so do not wait; leave() will throw.
    /// \a line: where \a self awaits, a default argument of `await_suspend`.
    template <class Promise>
    [[nodiscard]] bool enter(std::coroutine_handle<Promise> self, int line) noexcept {
        PromiseBase& promise = promise_of(self);
        promise.at.line = line;
        return enter(self, *promise.context);
    }
    /// From here on the coroutine is suspended, until finish(), a stop or \a deadline.
    void wait_in(WaiterList* list, Deadline deadline = Deadline::never());
    /// Waits in no list and hears no stop: for joins, which must see every child end.
    void wait_for_finish() noexcept { begin(); }
    /// True when the deadline ended the wait; throws Cancelled when a stop did.
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
    std::uint64_t told_as_ = 0;  ///< Its number among the waits that debugging knows; 0: not there.
    Outcome outcome_ = Outcome::Done;
};

}  // namespace runnel::detail
